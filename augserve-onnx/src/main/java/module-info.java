/** An engine for AugServe on ONNX Runtime: Hugging Face model directories, paged KV blocks, tokenizer and chat formats. */
module io.augserve.onnx {
    requires transitive io.augserve.core;
    requires ai.djl.tokenizers;
    requires com.google.gson;
    requires com.microsoft.onnxruntime;
    requires jdk.incubator.vector;
    requires jdk.management;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.augserve.onnx;
    exports io.augserve.onnx.model;
}

/** The command line and examples. */
module io.augserve.examples {
    requires com.google.gson;
    requires info.picocli;
    requires io.augserve.onnx;
    requires static org.jspecify;

    opens io.augserve.examples to
            info.picocli;
    opens io.augserve.examples.quickstart to
            info.picocli;
}

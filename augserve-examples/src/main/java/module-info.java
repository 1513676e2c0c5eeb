/** The command line and examples. */
module io.augserve.examples {
    requires com.google.gson;
    requires info.picocli;
    requires transitive io.augserve.onnx;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires java.desktop;
    requires jdk.management;
    requires org.slf4j;
    requires static transitive langchain4j.core;
    requires static org.jspecify;
    requires static io.prometheus.metrics.model;
    requires static micrometer.core;
    requires static micrometer.registry.prometheus;
    requires xchart;

    exports io.augserve.examples.langchain4j;
    exports io.augserve.examples.openai;

    opens io.augserve.examples to
            info.picocli;
    opens io.augserve.examples.bench to
            info.picocli;
    opens io.augserve.examples.gpucheck to
            info.picocli;
    opens io.augserve.examples.profile to
            info.picocli;
    opens io.augserve.examples.quickstart to
            info.picocli;
    opens io.augserve.examples.replay to
            info.picocli;
    opens io.augserve.examples.serve to
            info.picocli;
    opens io.augserve.examples.simulate to
            info.picocli;
    opens io.augserve.examples.soak to
            info.picocli;
}

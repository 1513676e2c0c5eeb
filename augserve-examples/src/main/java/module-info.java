/** The command line and examples. */
module io.augserve.examples {
    requires com.google.gson;
    requires info.picocli;
    requires io.augserve.onnx;
    requires java.desktop;
    requires jdk.management;
    requires static org.jspecify;
    requires static io.prometheus.metrics.model;
    requires static micrometer.core;
    requires static micrometer.registry.prometheus;
    requires xchart;

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
    opens io.augserve.examples.simulate to
            info.picocli;
    opens io.augserve.examples.soak to
            info.picocli;
}

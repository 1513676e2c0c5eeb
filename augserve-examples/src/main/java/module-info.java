/** The command line and examples. */
module io.augserve.examples {
    requires io.augserve.onnx;
    requires info.picocli;
    requires static org.jspecify;
}

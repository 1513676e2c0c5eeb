/** AugServe's API, engine SPI and scheduler: no native code, no JSON, no thread that an application did not ask for. */
module io.augserve.core {
    requires org.slf4j;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports io.augserve;
    exports io.augserve.engine;
    exports io.augserve.observe;
    exports io.augserve.predict;
    exports io.augserve.profile;
    exports io.augserve.request;
    exports io.augserve.schedule;
    exports io.augserve.simulation;
    exports io.augserve.tool;
}

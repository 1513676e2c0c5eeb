package io.augserve.examples.openai;

import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the picture in the documentation: {@code PagePicture URI FILE SECONDS [dark]}. */
final class PagePicture {
    private PagePicture() {}

    public static void main(String[] args) throws Exception {
        Path profile = Files.createTempDirectory("augserve-chromium");
        try (HeadlessChromium browser = HeadlessChromium.open(profile, args.length > 3)) {
            browser.call("Emulation.setDeviceMetricsOverride",
                    "{\"width\": 1360, \"height\": 920, \"deviceScaleFactor\": 1, \"mobile\": false}");
            browser.show(args[0]);
            browser.value("new Promise(r => setTimeout(r, " + 1_000 * Integer.parseInt(args[2]) + "))");
            Files.write(Path.of(args[1]), browser.screenshot());
            browser.complaints.forEach(System.out::println);
        }
    }
}

package io.augserve.examples.simulate;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;

/** Draws charts side by side and below each other into one PNG, at twice their size so that they stay sharp. */
final class ChartImage {
    private static final int SCALE = 2;

    private ChartImage() {}

    /**
     * Draws.
     *
     * @param rows of charts; those of a row have the same height
     */
    static byte[] png(List<List<XYChart>> rows) throws IOException {
        int width = rows.stream().mapToInt(row -> row.stream().mapToInt(XYChart::getWidth).sum()).max().orElseThrow();
        int height = rows.stream().mapToInt(row -> row.getFirst().getHeight()).sum();
        BufferedImage image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        int top = 0;
        for (List<XYChart> row : rows) {
            int left = 0;
            for (XYChart chart : row) {
                Graphics2D part = (Graphics2D) graphics.create();
                part.scale(SCALE, SCALE);
                part.translate(left, top);
                chart.paint(part, chart.getWidth(), chart.getHeight());
                part.dispose();
                left += chart.getWidth();
            }
            top += row.getFirst().getHeight();
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}

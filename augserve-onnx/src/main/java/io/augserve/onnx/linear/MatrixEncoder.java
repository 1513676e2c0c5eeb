package io.augserve.onnx.linear;

import java.lang.foreign.MemorySegment;

/** Brings rows of a matrix that is stored row by row into another layout. Confined to one thread. */
final class MatrixEncoder {
    private final Matrix source;
    private final RowLayout stored;
    private final WeightLayout layout;
    private final ProductMath math = ProductMath.best();
    private final RowDecoder decoder;
    private final RowEncoder encoder;
    private final float[] row;

    MatrixEncoder(Matrix source, WeightLayout layout) {
        this.source = source;
        this.layout = layout;
        stored = (RowLayout) source.layout();
        decoder = math.decoder(stored);
        encoder = new RowEncoder(RowLayout.of(layout.format(), layout.group()));
        row = new float[ProductMath.padded(source.columns())];
    }

    /**
     * Encodes some rows.
     *
     * @param from a multiple of {@link PanelLayout#ROWS}
     * @param to the end of the matrix, or another multiple
     * @param target of the size of as many rows in the layout
     * @throws ArithmeticException if a weight is not finite in the layout's format
     */
    void encode(int from, int to, MemorySegment target) {
        switch (layout) {
            case RowLayout rows -> encodeRows(from, to, target, 0);
            case PanelLayout panels -> {
                long rowBytes = encoder.layout().rowBytes(source.columns());
                MemorySegment quantised = MemorySegment.ofArray(new byte[Math.toIntExact(PanelLayout.ROWS * rowBytes)]);
                for (int first = from; first < to; first += PanelLayout.ROWS) {
                    int end = Math.min(to, first + PanelLayout.ROWS);
                    encodeRows(first, end, quantised, 0);
                    quantised.asSlice((end - first) * rowBytes).fill((byte) 0);
                    panels.arrange(quantised, source.columns(), target,
                            panels.bytes(first - from, source.columns()));
                }
            }
        }
    }

    private void encodeRows(int from, int to, MemorySegment target, long at) {
        long storedBytes = stored.rowBytes(source.columns());
        long rowBytes = encoder.layout().rowBytes(source.columns());
        for (int r = from; r < to; r++) {
            decoder.decode(source.data(), r * storedBytes, 0, source.columns(), row, 0, math.lanes());
            encoder.encode(row, source.columns(), target, at + (r - from) * rowBytes);
        }
    }
}

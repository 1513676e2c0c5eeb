package io.augserve.onnx.linear;

/** Reads single rows of a matrix, such as a token's embedding. Stateless. */
interface RowLookup {
    /** Copies a row; {@code to} has room for {@link ProductMath#padded} floats. */
    void read(int row, float[] to);

    /** By the matrix's layout. */
    static RowLookup of(Matrix table, ProductMath math) {
        return switch (table.layout()) {
            case RowLayout layout -> {
                RowDecoder decoder = math.decoder(layout);
                long rowBytes = layout.rowBytes(table.columns());
                yield (row, to) -> decoder.decode(table.data(), row * rowBytes, 0, table.columns(), to, 0,
                        math.lanes());
            }
            // One by one: a token has one row, and the product with it a thousand.
            case PanelLayout layout -> (row, to) -> {
                for (int column = 0; column < table.columns(); column++) {
                    to[column] = table.weight(row, column);
                }
            };
        };
    }
}

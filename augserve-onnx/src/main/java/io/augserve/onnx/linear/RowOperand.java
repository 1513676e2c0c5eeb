package io.augserve.onnx.linear;

/** {@link Operand} for weights row by row: {@link PackedRows}, a block of whose tiles a {@link ColumnProduct} takes at once. */
final class RowOperand implements Operand {
    private static final int UNIT = 16;

    private final PackedRows x;
    private final ThreadLocal<ColumnProduct> products;
    private int tilesPerBlock;

    RowOperand(ProductMath math) {
        x = new PackedRows(math);
        products = ThreadLocal.withInitial(() -> new ColumnProduct(math));
    }

    @Override
    public void reset(int rows, int columns, WeightLayout layout) {
        x.reset(rows, columns);
        tilesPerBlock = ColumnProduct.tilesPerBlock(x);
    }

    @Override
    public int tiles() {
        return x.tiles();
    }

    @Override
    public void pack(long rows, int tile) {
        x.pack(rows, tile);
    }

    @Override
    public int unit() {
        return UNIT;
    }

    @Override
    public int blocks() {
        return (x.tiles() + tilesPerBlock - 1) / tilesPerBlock;
    }

    @Override
    public int firstRow(int block) {
        return x.firstRow(block * tilesPerBlock);
    }

    @Override
    public int rows(int block) {
        return Math.min(tilesPerBlock * PackedRows.TILE, x.rows() - firstRow(block));
    }

    @Override
    public int largestBlock() {
        return Math.min(tilesPerBlock, x.tiles()) * PackedRows.TILE;
    }

    @Override
    public void compute(int block, Part part, int from, int columns, float[] result) {
        Part.Rows own = (Part.Rows) part;
        Matrix w = part.layer().weights();
        if (x.rows() == 1 && own.kernel().isPresent()) {
            products.get().computeRow(x, w, own.kernel().get(), from, columns, result);
        } else {
            int tile = block * tilesPerBlock;
            products.get().compute(x, tile, Math.min(tilesPerBlock, x.tiles() - tile), w, own.decoder(), from, columns,
                    result);
        }
    }
}

package io.augserve.onnx.sampling;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowExp} with the Vector API: every lane does what the scalar form does, and one vector after the other makes up the interleaved sums. */
final class VectorRowExp implements RowExp {
    /** At most as long as there are interleaved sums. */
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED.length() > LANES
            ? DoubleVector.SPECIES_512
            : DoubleVector.SPECIES_PREFERRED;
    private static final int WIDTH = DOUBLES.length();
    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class,
            VectorShape.forBitSize(Math.max(64, DOUBLES.vectorBitSize() / 2)));

    @Override
    public double sum(float[] logits, int from, int to, float best, double inverse, double[] lanes) {
        int whole = from + (to - from) / LANES * LANES;
        for (int lane = 0; lane < LANES; lane += WIDTH) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int i = from + lane; i < whole; i += LANES) {
                sum = sum.add(exp(load(logits, i).sub(best).mul(inverse)));
            }
            sum.intoArray(lanes, lane);
        }
        ScalarRowExp.add(logits, from, whole, to, best, inverse, lanes);
        return RowExp.total(lanes);
    }

    private static DoubleVector load(float[] logits, int i) {
        return (DoubleVector) FloatVector.fromArray(FLOATS, logits, i).convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    private static DoubleVector exp(DoubleVector x) {
        VectorMask<Double> counts = x.compare(VectorOperators.GE, LOWEST);
        DoubleVector shifted = x.fma(DoubleVector.broadcast(DOUBLES, LOG2_E),
                DoubleVector.broadcast(DOUBLES, ROUNDING));
        DoubleVector n = shifted.sub(ROUNDING);
        DoubleVector r = n.fma(DoubleVector.broadcast(DOUBLES, -LN2_LOW),
                n.fma(DoubleVector.broadcast(DOUBLES, -LN2_HIGH), x));
        DoubleVector p = DoubleVector.broadcast(DOUBLES, 1.0 / 39916800);
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 3628800));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 362880));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 40320));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 5040));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 720));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 120));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 24));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 6));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1.0 / 2));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1));
        p = p.fma(r, DoubleVector.broadcast(DOUBLES, 1));
        LongVector exponent = shifted.reinterpretAsLongs().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        DoubleVector e = p.reinterpretAsLongs().add(exponent).reinterpretAsDoubles();
        return DoubleVector.zero(DOUBLES).blend(e, counts);
    }
}

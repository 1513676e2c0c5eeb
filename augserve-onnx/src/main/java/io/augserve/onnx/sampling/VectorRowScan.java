package io.augserve.onnx.sampling;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowScan} with the Vector API: four vectors a turn, one question to all of them, since the answer is nearly always no. */
final class VectorRowScan implements RowScan {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = LANES.length();

    @Override
    public int firstAbove(float[] row, int from, float limit) {
        FloatVector most = FloatVector.broadcast(LANES, limit);
        int i = from;
        for (; i <= row.length - 4 * WIDTH; i += 4 * WIDTH) {
            VectorMask<Float> below = below(row, i, most).and(below(row, i + WIDTH, most))
                    .and(below(row, i + 2 * WIDTH, most)).and(below(row, i + 3 * WIDTH, most));
            if (!below.allTrue()) {
                break;
            }
        }
        while (i < row.length && row[i] <= limit) {
            i++;
        }
        return i;
    }

    /** False for NaN. */
    private static VectorMask<Float> below(float[] row, int i, FloatVector most) {
        return FloatVector.fromArray(LANES, row, i).compare(VectorOperators.LE, most);
    }
}

package io.augserve.onnx.kv;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Which of a step's copies have to be made before it computes, and which may be made while it computes.
 *
 * <p>Beside the step goes a copy whose blocks of the device the step neither reads nor writes, and which shares no block and no slot with a later copy
 * that must go before. So whoever stays behind is overtaken only by copies that have nothing to do with it, and making first the one list and then the
 * other, each in order, leaves what making all in order would.
 *
 * @param before to be made before the step
 * @param beside to be made after those, while the step computes or before it
 */
public record CopySplit(List<BlockCopy> before, List<BlockCopy> beside) {
    /**
     * Splits copies.
     *
     * @param copies in the order in which they were caused
     * @param touched the blocks of the device that the step may read or write
     */
    public static CopySplit of(List<BlockCopy> copies, BitSet touched) {
        List<BlockCopy> before = new ArrayList<>();
        List<BlockCopy> beside = new ArrayList<>();
        BitSet blocks = (BitSet) touched.clone();
        BitSet slots = new BitSet();
        for (int i = copies.size() - 1; i >= 0; i--) {
            BlockCopy copy = copies.get(i);
            boolean fromSlot = copy.way() == BlockCopy.Way.IN;
            boolean toSlot = copy.way() == BlockCopy.Way.OUT;
            if ((fromSlot ? slots : blocks).get(copy.from()) || (toSlot ? slots : blocks).get(copy.to())) {
                (fromSlot ? slots : blocks).set(copy.from());
                (toSlot ? slots : blocks).set(copy.to());
                before.add(copy);
            } else {
                beside.add(copy);
            }
        }
        Collections.reverse(before);
        Collections.reverse(beside);
        return new CopySplit(before, beside);
    }
}

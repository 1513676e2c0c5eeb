package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.augserve.onnx.runtime.ElementType;

/** How the numbers of a cache are stored, and how a tile's panels become floats. Keeps no state. */
interface KvElements {
    /**
     * The storage of a type.
     *
     * @throws IllegalArgumentException if the kernel cannot compute with this type
     */
    static KvElements of(ElementType type) {
        return switch (type) {
            case FLOAT -> new Floats();
            case FLOAT16 -> new Halves();
            default -> throw new IllegalArgumentException("a cache of " + type + ": expected FLOAT or FLOAT16");
        };
    }

    /** Writes one number. */
    void put(long cache, long index, float value);

    /** Sets the addresses of the tile's panels, as floats, of the cache that begins at an address. */
    void open(long cache, Tile tile, TileMath math);

    /** Panels are read where they lie. */
    final class Floats implements KvElements {
        @Override
        public void put(long cache, long index, float value) {
            Memory.ALL.set(JAVA_FLOAT_UNALIGNED, cache + index * Float.BYTES, value);
        }

        @Override
        public void open(long cache, Tile tile, TileMath math) {
            for (int i = 0; i < tile.panels; i++) {
                tile.addresses[i] = cache + tile.indices[i] * Float.BYTES;
            }
        }
    }

    /**
     * Half precision, rounded to the nearest even, relative error at most 2^-11 from 2^-14 on; what is beyond 65,504 becomes that. A panel is widened
     * once for all rows of the tile.
     */
    final class Halves implements KvElements {
        private static final float LARGEST = 65504;

        @Override
        public void put(long cache, long index, float value) {
            short half = Float.floatToFloat16(Math.clamp(value, -LARGEST, LARGEST));
            Memory.ALL.set(JAVA_SHORT_UNALIGNED, cache + index * Short.BYTES, half);
        }

        @Override
        public void open(long cache, Tile tile, TileMath math) {
            long target = tile.widened();
            int count = tile.panel * tile.headSize;
            for (int i = 0; i < tile.panels; i++) {
                tile.addresses[i] = target + (long) i * count * Float.BYTES;
                math.widen(cache + tile.indices[i] * Short.BYTES, tile.addresses[i], count);
            }
        }
    }
}

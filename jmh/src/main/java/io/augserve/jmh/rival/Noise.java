package io.augserve.jmh.rival;

import java.util.Random;

/** What stands in a cache and in a prompt before anything was computed; the same for both contenders. */
final class Noise {
    private static final int LENGTH = 1 << 16;
    private final float[] numbers = new float[LENGTH];

    Noise() {
        Random random = new Random(2);
        for (int i = 0; i < LENGTH; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
    }

    /** One element of a cache; two caches a layer. */
    float at(int cache, int sequence, int head, int position, int element) {
        return numbers[(((cache * 31 + sequence) * 31 + head) * 10_007 + position * 7919 + element) & (LENGTH - 1)];
    }

    static long token(int sequence, int position, int vocabulary) {
        return Math.floorMod(sequence * 31L + position * 7L + 3, vocabulary);
    }
}

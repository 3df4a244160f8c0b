package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OffsetSetTest {
    private static final int STRETCH = 1 << 16;

    /** Against a plain bitmap, around the borders of stretches most of all. */
    @Test
    void shouldHoldWhatABitmapHolds() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            OffsetSet set = new OffsetSet();
            BitSet plain = new BitSet();
            for (int i = 0; i < 6; i++) {
                int from = Math.max(0, STRETCH * random.nextInt(4) + random.nextInt(7) - 3);
                int to = Math.max(from, STRETCH * random.nextInt(4) + random.nextInt(7) - 3);
                set.addRange(from, to);
                plain.set(from, to);
            }
            for (int i = 0; i < 200; i++) {
                int at = Math.max(0, STRETCH * random.nextInt(4) + random.nextInt(9) - 4);
                assertThat(set.contains(at)).isEqualTo(plain.get(at));
                assertThat(set.nextClear(at)).isEqualTo(plain.nextClearBit(at));
                assertThat(set.nextSet(at)).isEqualTo(plain.nextSetBit(at));
            }
            assertThat(set.last()).isEqualTo(plain.length() - 1);
            assertThat(set.size()).isEqualTo(plain.cardinality());
            assertThat(set.relative(5, 4 * STRETCH)).isEqualTo(plain.get(5, 4 * STRETCH));
            OffsetSet copy = new OffsetSet();
            copy.addAll(set, 0);
            assertThat(copy.relative(0, 4 * STRETCH)).isEqualTo(plain);
        }
    }

    @Test
    void shouldHoldOffsetsFarBeyondABitmap() {
        OffsetSet set = new OffsetSet();
        long far = 1L << 40;
        BitSet bits = new BitSet();
        bits.set(0, 3);
        set.addAll(far, bits);
        assertThat(set.nextSet(0)).isEqualTo(far);
        assertThat(set.nextClear(far)).isEqualTo(far + 3);
        assertThat(set.last()).isEqualTo(far + 2);
        set.forgetBefore(far + STRETCH);
        assertThat(set.isEmpty()).isTrue();
        assertThat(set.last()).isEqualTo(-1);
    }
}

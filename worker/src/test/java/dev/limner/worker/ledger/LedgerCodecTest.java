package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerCodecTest {
    /** The checker's own reader is tested with the same two. */
    private static final String BITMAP = "AQAAAAAAAAABAwAAACYSRbQ5";

    private static final String RUNS = "AQAAAAAAAAABAAJAAQNkSbtEUw";

    @Test
    void shouldWriteWhicheverOfBitmapAndRunsIsShorter() throws UnreadableLedger {
        BitSet few = new BitSet();
        few.set(1, 3);
        few.set(5);
        LedgerState held = new LedgerState(1, true, 0, 0, -1, few);
        assertThat(LedgerCodec.encode(held)).isEqualTo(BITMAP);
        assertThat(LedgerCodec.decode(BITMAP)).isEqualTo(held);

        BitSet run = new BitSet();
        run.set(3, 103);
        LedgerState suspicious = new LedgerState(1, false, 2, 64, 0, run);
        assertThat(LedgerCodec.encode(suspicious)).isEqualTo(RUNS);
        assertThat(LedgerCodec.decode(RUNS)).isEqualTo(suspicious);
    }

    @Test
    void shouldReadBackWhateverItWrites() throws UnreadableLedger {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            BitSet done = new BitSet();
            int span = 1 + random.nextInt(3000);
            double density = random.nextDouble();
            for (int bit = 0; bit < span; bit++) {
                if (random.nextDouble() < density) {
                    done.set(bit);
                }
            }
            LedgerState state = new LedgerState(
                    random.nextLong(),
                    random.nextBoolean(),
                    random.nextInt(300),
                    random.nextInt(65),
                    random.nextInt(66) - 1,
                    done);
            assertThat(LedgerCodec.decode(LedgerCodec.encode(state))).isEqualTo(state);
        }
    }

    @Test
    void shouldRefuseEverythingElseWithoutTrustingIt() {
        Random random = new Random(2);
        for (int i = 0; i < 5000; i++) {
            StringBuilder damaged = new StringBuilder(random.nextBoolean() ? BITMAP : RUNS);
            int at = random.nextInt(damaged.length() - 1);
            damaged.setCharAt(at, damaged.charAt(at) == 'A' ? 'B' : 'A');
            assertThatThrownBy(() -> LedgerCodec.decode(damaged.toString())).isInstanceOf(UnreadableLedger.class);
        }
        assertThatThrownBy(() -> LedgerCodec.decode("CQ")).hasMessageContaining("version 9");
        assertThatThrownBy(() -> LedgerCodec.decode("not base 64")).hasMessageContaining("Base64");
        assertThatThrownBy(() -> LedgerCodec.decode("A".repeat(5000))).hasMessageContaining("5000 characters");
    }
}

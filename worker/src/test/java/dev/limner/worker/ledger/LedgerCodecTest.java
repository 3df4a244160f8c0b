package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerCodecTest {
    /** The checker's own reader is tested with the same two. */
    private static final String BITMAP = "AQAAAAAAAAABAwAAACYSRbQ5";

    private static final String RUNS = "AQAAAAAAAAABAAJAAQNkSbtEUw";

    @Test
    void shouldWriteWhicheverOfBitmapAndRunsIsShorter() throws UnreadableLedger {
        BitSet few = new BitSet();
        few.set(1, 3);
        few.set(5);
        LedgerState held = new LedgerState(1, null, true, false, 0, 0, -1, few);
        assertThat(LedgerCodec.encode(1, held)).isEqualTo(BITMAP);
        assertThat(LedgerCodec.decode(BITMAP)).isEqualTo(held);

        BitSet run = new BitSet();
        run.set(3, 103);
        LedgerState suspicious = new LedgerState(1, null, false, false, 2, 64, 0, run);
        assertThat(LedgerCodec.encode(1, suspicious)).isEqualTo(RUNS);
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
            int version = 1 + random.nextInt(2);
            Uuid topic = random.nextBoolean() ? null : Uuid.randomUuid();
            LedgerState state = new LedgerState(
                    version == 1 && topic != null ? random.nextInt() & 0xFFFF_FFFFL : random.nextLong(),
                    topic == null ? null : TopicMark.of(topic),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(300),
                    random.nextInt(65),
                    random.nextInt(66) - 1,
                    done);
            LedgerState read = LedgerCodec.decode(LedgerCodec.encode(version, state));
            if (version == 1 && topic != null) {
                assertThat(read.topic())
                        .isEqualTo(TopicMark.ofHash(TopicMark.of(topic).hash()));
                assertThat(read.topic().fits(topic)).isTrue();
                assertThat(read.topic().fits(Uuid.randomUuid())).isFalse();
                assertThat(withTopic(read, TopicMark.of(topic))).isEqualTo(state);
            } else {
                assertThat(read).isEqualTo(state);
            }
        }
    }

    private static LedgerState withTopic(LedgerState state, TopicMark topic) {
        return new LedgerState(
                state.nonce(),
                topic,
                state.held(),
                state.consult(),
                state.crashes(),
                state.suspects(),
                state.started(),
                state.done());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldReadWhateverItWritesUpToItsSpanAndRefuseToWriteMore(int version) throws UnreadableLedger {
        for (int span : List.of(LedgerCodec.MOST_OFFSETS - 1, LedgerCodec.MOST_OFFSETS)) {
            BitSet done = new BitSet();
            done.set(1, span);
            LedgerState state = new LedgerState(7, null, true, false, 0, 0, -1, done);
            assertThat(LedgerCodec.decode(LedgerCodec.encode(version, state))).isEqualTo(state);
        }
        BitSet more = new BitSet();
        more.set(LedgerCodec.MOST_OFFSETS);
        LedgerState state = new LedgerState(7, null, true, false, 0, 0, -1, more);
        assertThatThrownBy(() -> LedgerCodec.encode(version, state)).hasMessageContaining("1048577 offsets");
    }

    /** What the release before this one does with a ledger; it knew no flags but 1 and 2. */
    @Test
    void shouldStayReadableForReleasesThatKnowVersionOneOnly() {
        BitSet done = new BitSet();
        done.set(1);
        LedgerState state = new LedgerState(5, TopicMark.of(Uuid.randomUuid()), true, true, 2, 64, 0, done);
        ByteBuffer old = ByteBuffer.wrap(Base64.getUrlDecoder().decode(LedgerCodec.encode(1, state)));

        assertThat(old.get()).isEqualTo((byte) 1);
        old.getLong();
        assertThat(old.get() & 1).isEqualTo(1);
        assertThat(new byte[] {old.get(), old.get(), old.get()}).containsExactly(2, 64, 1);
        assertThat(old.get()).as("the bitmap").isEqualTo((byte) 2);
        assertThat(old.remaining()).isEqualTo(4);
    }

    /** A later release may add to version 2 what it likes. */
    @Test
    void shouldSkipWhatALaterReleaseAdds() throws UnreadableLedger {
        byte[] plain = Base64.getUrlDecoder().decode(LedgerCodec.encode(2, LedgerState.NONE));
        ByteBuffer longer = ByteBuffer.allocate(plain.length + 3);
        longer.put(plain, 0, 10).put((byte) 3).put(new byte[] {1, 2, 3}).put(plain, 11, plain.length - 15);
        CRC32 crc = new CRC32();
        crc.update(longer.array(), 0, longer.position());
        longer.putInt((int) crc.getValue());

        assertThat(LedgerCodec.decode(Base64.getUrlEncoder().withoutPadding().encodeToString(longer.array())))
                .isEqualTo(LedgerState.NONE);
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

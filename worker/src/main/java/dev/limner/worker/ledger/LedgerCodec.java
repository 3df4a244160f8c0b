package dev.limner.worker.ledger;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.zip.CRC32;
import org.apache.kafka.common.Uuid;

/**
 * A ledger as the text that Kafka keeps with an offset: Base64 (URL alphabet, no padding) of
 *
 * <pre>
 * version  1 byte, 1 or 2
 * nonce    8 bytes; in version 1 with flag 4: the topic id's hash in the upper 4 bytes, the nonce in the lower 4
 * flags    1 byte: 1 held, 2 done is a bitmap and not a list of runs, 4 the topic is named, 8 consult the results
 * topic id 16 bytes, in version 2 with flag 4 only
 * more     in version 2 only: a length and as many bytes of whatever a later release adds; skipped
 * crashes, suspects, started + 1
 * done     runs: not done, done, not done, done ...; or bitmap: its bytes, lowest bit first
 * checksum 4 bytes, CRC-32 of everything before
 * </pre>
 *
 * Numbers without a size are variable-length integers (LEB128) of up to 28 bits. The hash is the CRC-32 of the id's
 * bytes. Whichever of runs and bitmap is shorter is written. Releases that know version 1 only ignore flags they do not
 * know and take the hash for a part of the nonce, so they read what this one writes. Stateless.
 */
final class LedgerCodec {
    /** The newest version that this build reads, and writes if it is told to. */
    static final byte NEWEST = 2;

    /** Characters that Kafka takes; with one more the producer is dead. */
    static final int LARGEST = 4096;

    /** Offsets that a ledger may span, from the committed one on; the next release may not read more. */
    static final int MOST_OFFSETS = 1 << 20;

    private static final int HELD = 1;
    private static final int BITMAP = 2;
    private static final int TOPIC = 4;
    private static final int CONSULT = 8;
    private static final int CHECKSUM_BYTES = 4;
    private static final int NUMBER_BITS = 28;

    private LedgerCodec() {}

    /** @throws IllegalArgumentException if the ledger spans more than {@link #MOST_OFFSETS} or a counter is too large */
    static String encode(int version, LedgerState state) {
        if (state.done().length() > MOST_OFFSETS) {
            throw new IllegalArgumentException(
                    "a ledger of " + state.done().length() + " offsets, must be at most " + MOST_OFFSETS);
        }
        byte[] bitmap = state.done().toByteArray();
        byte[] runs = runs(state.done());
        boolean asBitmap = bitmap.length < runs.length;
        byte[] done = asBitmap ? bitmap : runs;
        TopicMark topic = state.topic();
        boolean named = topic != null && (version == 1 || topic.id() != null);
        ByteBuffer buffer = ByteBuffer.allocate(64 + done.length);
        buffer.put((byte) version);
        buffer.putLong(
                version == 1 && topic != null
                        ? ((long) topic.hash() << 32) | (state.nonce() & 0xFFFF_FFFFL)
                        : state.nonce());
        buffer.put((byte) ((state.held() ? HELD : 0)
                | (asBitmap ? BITMAP : 0)
                | (named ? TOPIC : 0)
                | (state.consult() ? CONSULT : 0)));
        if (version > 1) {
            Uuid id = topic == null ? null : topic.id();
            if (id != null) {
                buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
            }
            putVariable(buffer, 0);
        }
        putVariable(buffer, state.crashes());
        putVariable(buffer, state.suspects());
        putVariable(buffer, state.started() + 1);
        buffer.put(done);
        buffer.putInt(checksum(buffer.array(), buffer.position()));
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] runs(BitSet done) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer numbers = ByteBuffer.allocate(10);
        int at = 0;
        while (at < done.length()) {
            int from = done.nextSetBit(at);
            int to = done.nextClearBit(from);
            putVariable(numbers.clear(), from - at);
            putVariable(numbers, to - from);
            bytes.write(numbers.array(), 0, numbers.position());
            at = to;
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote; empty metadata is {@link LedgerState#NONE}.
     *
     * @throws UnreadableLedger if somebody else wrote it, or a version this build does not know
     */
    static LedgerState decode(String metadata) throws UnreadableLedger {
        if (metadata.isEmpty()) {
            return LedgerState.NONE;
        }
        if (metadata.length() > LARGEST) {
            throw new UnreadableLedger("it has " + metadata.length() + " characters");
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(metadata);
        } catch (IllegalArgumentException e) {
            throw new UnreadableLedger("it is not Base64");
        }
        if (bytes.length == 0 || bytes[0] < 1 || bytes[0] > NEWEST) {
            throw new UnreadableLedger(
                    "it has version " + (bytes.length == 0 ? "none" : bytes[0]) + ", this worker reads 1 to " + NEWEST);
        }
        int length = bytes.length - CHECKSUM_BYTES;
        if (length < 1 || ByteBuffer.wrap(bytes).getInt(length) != checksum(bytes, length)) {
            throw new UnreadableLedger("its checksum is wrong");
        }
        try {
            return read(ByteBuffer.wrap(bytes, 0, length));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new UnreadableLedger("it ends early or holds numbers out of range");
        }
    }

    private static LedgerState read(ByteBuffer buffer) {
        int version = buffer.get();
        long nonce = buffer.getLong();
        int flags = buffer.get();
        TopicMark topic = null;
        if (version == 1 && (flags & TOPIC) != 0) {
            topic = TopicMark.ofHash((int) (nonce >>> 32));
            nonce &= 0xFFFF_FFFFL;
        } else if (version > 1) {
            topic = (flags & TOPIC) == 0 ? null : TopicMark.of(new Uuid(buffer.getLong(), buffer.getLong()));
            int more = variable(buffer);
            buffer.position(buffer.position() + more);
        }
        int crashes = variable(buffer);
        int suspects = variable(buffer);
        int started = variable(buffer) - 1;
        BitSet done = (flags & BITMAP) != 0 ? BitSet.valueOf(buffer) : runs(buffer);
        return new LedgerState(
                nonce, topic, (flags & HELD) != 0, (flags & CONSULT) != 0, crashes, suspects, started, done);
    }

    private static BitSet runs(ByteBuffer buffer) {
        BitSet done = new BitSet();
        int at = 0;
        while (buffer.hasRemaining()) {
            int from = at + variable(buffer);
            at = from + variable(buffer);
            if (at > MOST_OFFSETS) {
                throw new IllegalArgumentException("a run up to " + at);
            }
            done.set(from, at);
        }
        return done;
    }

    private static void putVariable(ByteBuffer buffer, int value) {
        if (value >>> NUMBER_BITS != 0) {
            throw new IllegalArgumentException("a number of more than " + NUMBER_BITS + " bits: " + value);
        }
        int rest = value;
        while (rest >= 0x80) {
            buffer.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        buffer.put((byte) rest);
    }

    private static int variable(ByteBuffer buffer) {
        int value = 0;
        for (int shift = 0; shift < NUMBER_BITS; shift += 7) {
            byte next = buffer.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than " + NUMBER_BITS + " bits");
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}

package dev.limner.worker.ledger;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.zip.CRC32;

/**
 * A ledger as the text that Kafka keeps with an offset: Base64 (URL alphabet, no padding) of
 *
 * <pre>
 * version  1 byte, now 1
 * nonce    8 bytes
 * flags    1 byte: 1 held, 2 done is a bitmap and not a list of runs
 * crashes, suspects, started + 1      variable-length integers (LEB128)
 * done     runs: not done, done, not done, done ... as variable-length integers; or bitmap: its bytes, lowest bit first
 * checksum 4 bytes, CRC-32 of everything before
 * </pre>
 *
 * Whichever of runs and bitmap is shorter is written. Stateless.
 */
final class LedgerCodec {
    /** Behind this byte another version may write whatever it likes. */
    static final byte VERSION = 1;

    private static final int HELD = 1;
    private static final int BITMAP = 2;
    private static final int CHECKSUM_BYTES = 4;
    private static final int LARGEST = 4096;
    private static final int MOST_OFFSETS = 1 << 20;

    private LedgerCodec() {}

    static String encode(LedgerState state) {
        byte[] bitmap = state.done().toByteArray();
        byte[] runs = runs(state.done());
        boolean asBitmap = bitmap.length < runs.length;
        byte[] done = asBitmap ? bitmap : runs;
        ByteBuffer buffer = ByteBuffer.allocate(64 + done.length);
        buffer.put(VERSION).putLong(state.nonce());
        buffer.put((byte) ((state.held() ? HELD : 0) | (asBitmap ? BITMAP : 0)));
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
        ByteBuffer buffer = ByteBuffer.allocate(10 * done.cardinality() + 10);
        int at = 0;
        while (at < done.length()) {
            int from = done.nextSetBit(at);
            int to = done.nextClearBit(from);
            putVariable(buffer, from - at);
            putVariable(buffer, to - from);
            at = to;
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
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
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new UnreadableLedger(
                    "it has version " + (bytes.length == 0 ? "none" : bytes[0]) + ", this worker reads " + VERSION);
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
        buffer.get();
        long nonce = buffer.getLong();
        int flags = buffer.get();
        int crashes = variable(buffer);
        int suspects = variable(buffer);
        int started = variable(buffer) - 1;
        BitSet done = (flags & BITMAP) != 0 ? BitSet.valueOf(buffer) : runs(buffer);
        return new LedgerState(nonce, (flags & HELD) != 0, crashes, suspects, started, done);
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
        int rest = value;
        while (rest >= 0x80) {
            buffer.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        buffer.put((byte) rest);
    }

    private static int variable(ByteBuffer buffer) {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            byte next = buffer.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 28 bits");
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}

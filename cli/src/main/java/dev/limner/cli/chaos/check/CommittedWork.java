package dev.limner.cli.chaos.check;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.zip.CRC32;

/**
 * What a committed offset and its metadata say is done: everything before the offset, and what the ledger marks beyond.
 * A second reader of the ledger's format, written from its description.
 *
 * @param beyond bit n for offset + n
 * @param version of the ledger; 0 for none, -1 for one that cannot be read
 * @param length characters of the metadata
 */
record CommittedWork(long offset, BitSet beyond, int version, int length) {
    private static final int HEAD = 10;
    private static final int CHECKSUM = 4;
    private static final int BITMAP = 2;
    /** The topic is named; in the second version by its id. */
    private static final int TOPIC = 4;

    private static final int TOPIC_ID = 16;
    private static final int NEWEST = 2;

    static CommittedWork of(long offset, String metadata) {
        if (metadata == null || metadata.isEmpty()) {
            return new CommittedWork(offset, new BitSet(), 0, 0);
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(metadata);
            CRC32 crc = new CRC32();
            crc.update(bytes, 0, bytes.length - CHECKSUM);
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (bytes[0] < 1 || bytes[0] > NEWEST || in.getInt(bytes.length - CHECKSUM) != (int) crc.getValue()) {
                return new CommittedWork(offset, new BitSet(), -1, metadata.length());
            }
            in.limit(bytes.length - CHECKSUM).position(HEAD);
            int flags = bytes[HEAD - 1];
            if (bytes[0] > 1) {
                in.position(HEAD + ((flags & TOPIC) != 0 ? TOPIC_ID : 0));
                int more = number(in);
                in.position(in.position() + more);
            }
            number(in);
            number(in);
            number(in);
            BitSet beyond = (flags & BITMAP) != 0 ? BitSet.valueOf(in) : runs(in);
            return new CommittedWork(offset, beyond, bytes[0], metadata.length());
        } catch (RuntimeException e) {
            return new CommittedWork(offset, new BitSet(), -1, metadata.length());
        }
    }

    private static BitSet runs(ByteBuffer in) {
        BitSet done = new BitSet();
        for (int at = 0; in.hasRemaining(); ) {
            int from = at + number(in);
            at = from + number(in);
            done.set(from, at);
        }
        return done;
    }

    /** LEB128. */
    private static int number(ByteBuffer in) {
        int value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    boolean done(long record) {
        return record < offset || beyond.get((int) Math.min(Integer.MAX_VALUE, record - offset));
    }

    /** The first offset that was done before and is not any more; -1 if there is none. */
    long lostSince(CommittedWork before) {
        if (offset < before.offset) {
            return offset;
        }
        for (int bit = before.beyond.nextSetBit(0); bit >= 0; bit = before.beyond.nextSetBit(bit + 1)) {
            if (!done(before.offset + bit)) {
                return before.offset + bit;
            }
        }
        return -1;
    }
}

package dev.limner.testkit.chaos.check;

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
 * @param topic which topic of that name the offset belongs to: the CRC-32 of its id; -1 if it is not said
 * @param consult whether more is done beyond than the ledger has room for
 * @param length characters of the metadata
 */
record CommittedWork(long offset, BitSet beyond, int version, long topic, boolean consult, int length) {
    private static final int HEAD = 10;
    private static final int CHECKSUM = 4;
    private static final int BITMAP = 2;
    private static final int TOPIC = 4;
    private static final int CONSULT = 8;
    private static final int ID_BYTES = 16;

    private CommittedWork(long offset, int version, int length) {
        this(offset, new BitSet(), version, -1, false, length);
    }

    static CommittedWork of(long offset, String metadata) {
        if (metadata == null || metadata.isEmpty()) {
            return new CommittedWork(offset, 0, 0);
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(metadata);
            CRC32 crc = new CRC32();
            crc.update(bytes, 0, bytes.length - CHECKSUM);
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int version = bytes[0];
            if (version < 1 || version > 2 || in.getInt(bytes.length - CHECKSUM) != (int) crc.getValue()) {
                return new CommittedWork(offset, -1, metadata.length());
            }
            int flags = bytes[HEAD - 1];
            in.limit(bytes.length - CHECKSUM).position(HEAD);
            long topic = -1;
            if (version == 1 && (flags & TOPIC) != 0) {
                topic = in.getInt(1) & 0xFFFF_FFFFL;
            }
            if (version == 2) {
                if ((flags & TOPIC) != 0) {
                    CRC32 id = new CRC32();
                    id.update(bytes, HEAD, ID_BYTES);
                    topic = id.getValue();
                    in.position(HEAD + ID_BYTES);
                }
                int more = number(in);
                in.position(in.position() + more);
            }
            number(in);
            number(in);
            number(in);
            BitSet beyond = (flags & BITMAP) != 0 ? BitSet.valueOf(in) : runs(in);
            return new CommittedWork(offset, beyond, version, topic, (flags & CONSULT) != 0, metadata.length());
        } catch (RuntimeException e) {
            return new CommittedWork(offset, -1, metadata.length());
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

    /** The first offset that was done before and is not any more; -1 if there is none, or it was another topic's. */
    long lostSince(CommittedWork before) {
        if (topic >= 0 && before.topic >= 0 && topic != before.topic) {
            return -1;
        }
        if (offset < before.offset) {
            return offset;
        }
        if (consult) {
            return -1;
        }
        for (int bit = before.beyond.nextSetBit(0); bit >= 0; bit = before.beyond.nextSetBit(bit + 1)) {
            if (!done(before.offset + bit)) {
                return before.offset + bit;
            }
        }
        return -1;
    }
}

package dev.limner.training.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * The library's reader with what it lacks: it unpacks long names and pax headers whole, however long a file of a few bytes
 * says they are, and one inside another; it ends alike with the empty blocks and with the file; and of a name that is no
 * UTF-8 it keeps nothing that tells it from others.
 */
final class GuardedTar extends TarArchiveInputStream {
    private static final int BLOCK = 512;
    private static final int MOST_HEADER_BYTES = 1 << 20;

    /** Real ones have three: a global pax header, one of the entry, a long name. */
    private static final int MOST_HEADERS_OF_AN_ENTRY = 32;

    private static final int SIZE_AT = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int TYPE_AT = 156;
    private static final int NAME_LENGTH = 100;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_LENGTH = 155;
    private static final byte[] USTAR = "ustar\0".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream longName = new ByteArrayOutputStream();
    private byte[] header = new byte[BLOCK];
    private int headers;
    private boolean inLongName;
    private boolean ended;

    GuardedTar(InputStream in) {
        super(in, BLOCK, BLOCK, "UTF-8", true);
    }

    /** Whether the empty blocks that end a tar file have been seen. */
    boolean ended() {
        return ended;
    }

    /**
     * The current entry's name.
     *
     * @param decoded as the library has it: with a question mark for what is no UTF-8
     * @return with <code>&#92;xE4</code> in place of each such byte, so that two names stay two
     */
    String name(String decoded) {
        if (marked(decoded).indexOf('?') < 0) {
            return decoded;
        }
        byte[] raw = longName.size() > 0 ? upToZero(longName.toByteArray(), 0, longName.size()) : shortName();
        // A pax header may have given another name, which is UTF-8 by definition.
        return marked(new String(raw, StandardCharsets.UTF_8)).equals(marked(decoded))
                ? RawNames.readable(raw)
                : decoded;
    }

    private static String marked(String decoded) {
        return decoded.replace('\uFFFD', '?');
    }

    private byte[] shortName() {
        byte[] name = upToZero(header, 0, NAME_LENGTH);
        byte[] prefix = upToZero(header, PREFIX_AT, PREFIX_LENGTH);
        if (prefix.length == 0 || !Arrays.equals(header, MAGIC_AT, MAGIC_AT + USTAR.length, USTAR, 0, USTAR.length)) {
            return name;
        }
        byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        whole[prefix.length] = '/';
        System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
        return whole;
    }

    private static byte[] upToZero(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(bytes, from, end);
    }

    @Override
    protected byte[] readRecord() throws IOException {
        byte[] record = super.readRecord();
        if (record != null) {
            begin(record);
        }
        return record;
    }

    private void begin(byte[] record) throws IOException {
        byte type = record[TYPE_AT];
        boolean named = type == TarConstants.LF_GNUTYPE_LONGNAME;
        boolean special = named
                || type == TarConstants.LF_GNUTYPE_LONGLINK
                || type == TarConstants.LF_PAX_EXTENDED_HEADER_LC
                || type == TarConstants.LF_PAX_EXTENDED_HEADER_UC
                || type == TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER;
        boolean first = headers == 0;
        headers = special ? headers + 1 : 0;
        if (special && size(record) > MOST_HEADER_BYTES) {
            throw new IOException("a header says it has " + size(record) + " bytes, at most " + MOST_HEADER_BYTES);
        }
        if (headers > MOST_HEADERS_OF_AN_ENTRY) {
            throw new IOException("an entry has more than " + MOST_HEADERS_OF_AN_ENTRY + " headers");
        }
        if (named || first) {
            longName.reset();
        }
        inLongName = named;
        header = record.clone();
    }

    private static long size(byte[] record) {
        try {
            return TarUtils.parseOctalOrBinary(record, SIZE_AT, SIZE_LENGTH);
        } catch (IllegalArgumentException e) {
            // The library says so itself.
            return 0;
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        if (inLongName && count > 0) {
            longName.write(buffer, offset, count);
        }
        return count;
    }

    @Override
    protected boolean isEOFRecord(byte[] record) {
        boolean end = super.isEOFRecord(record);
        ended |= end && record != null;
        return end;
    }
}

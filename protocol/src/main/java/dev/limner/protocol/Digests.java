package dev.limner.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as the fleet writes it: 64 lower-case hexadecimal digits. */
public final class Digests {
    private static final long SEED_BITS = (1L << 53) - 1;

    private Digests() {}

    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest(bytes));
    }

    /** Of what a buffer has left, which stays as it is. */
    public static String sha256(ByteBuffer bytes) {
        MessageDigest digest = messageDigest();
        digest.update(bytes.duplicate());
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The seed of a job that names none: the first eight bytes of its id's digest, less their highest eleven bits. What is
     * left, 0 to 2^53 - 1, is a number that JavaScript, {@code jq} and spreadsheets read without rounding.
     */
    public static long seedOf(String id) {
        return fingerprint(id) & SEED_BITS;
    }

    /** The first eight bytes of a text's digest as a number. */
    public static long fingerprint(String text) {
        byte[] digest = digest(text.getBytes(StandardCharsets.UTF_8));
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << Byte.SIZE | (digest[i] & 0xFF);
        }
        return number;
    }

    private static byte[] digest(byte[] bytes) {
        return messageDigest().digest(bytes);
    }

    private static MessageDigest messageDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

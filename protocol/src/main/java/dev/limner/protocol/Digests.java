package dev.limner.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as the fleet writes it: 64 lower-case hexadecimal digits. */
public final class Digests {
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

    /** The first eight bytes of a text's digest as a number: how a seed follows from a job's id. */
    public static long seedOf(String text) {
        byte[] digest = digest(text.getBytes(StandardCharsets.UTF_8));
        long seed = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            seed = seed << Byte.SIZE | (digest[i] & 0xFF);
        }
        return seed;
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

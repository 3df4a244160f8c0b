package dev.limner.generator.bundle;

import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.text.TextException;
import dev.limner.protocol.text.TextFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * Ed25519 (RFC 8032) over a bundle's digest, which covers every byte of the bundle, and over the record that announces it.
 * Keys are PEM files as OpenSSL writes them: {@code openssl genpkey -algorithm ed25519}.
 */
public final class ReleaseKeys {
    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    /** Says what is signed, so that no signature made for something else can be passed off as one of these. */
    private static final String BUNDLE = "limner-model-1:";

    private static final String RECORD = "limner-record-1:";

    private ReleaseKeys() {}

    /** Signs the bundle of a digest. */
    public static String sign(PrivateKey key, String digest) {
        return made(key, bundle(digest));
    }

    /** Whether a signature is the key's for the bundle of this digest; false for anything that is no signature. */
    public static boolean verifies(PublicKey key, String digest, String signed) {
        return verifies(key, bundle(digest), signed);
    }

    /** The record with a signature over everything it says. */
    public static ModelRecord sign(PrivateKey key, ModelRecord record) {
        return record.withSignature(made(key, content(record.encode())));
    }

    /**
     * Whether a record is signed with the key.
     *
     * @param bytes as they came: fields that this build does not know are covered too
     */
    public static boolean verifies(PublicKey key, byte[] bytes) {
        try {
            String signed = ModelRecord.decode(bytes).signature();
            return signed != null && verifies(key, content(bytes), signed);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The same, for whoever holds the private key: Ed25519 gives one signature for one content, so that it is made once
     * more and compared.
     */
    public static boolean isOurs(PrivateKey key, byte[] bytes) {
        try {
            return made(key, content(bytes)).equals(ModelRecord.decode(bytes).signature());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String made(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(message);
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the release key cannot sign: " + e.getMessage(), e);
        }
    }

    private static boolean verifies(PublicKey key, byte[] message, String signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(Base64.getDecoder().decode(signed));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] bundle(String digest) {
        return (BUNDLE + digest).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] content(byte[] record) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(RECORD.getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(ModelRecord.signedContent(record));
        return message.toByteArray();
    }

    /** Makes a pair: {@code release.key}, which only its owner can read, and {@code release.pub} for the workers. */
    public static void generate(Path folder) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            Files.createDirectories(folder);
            Path secret = Files.createFile(
                    folder.resolve("release.key"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, pem(PRIVATE, pair.getPrivate().getEncoded()));
            Files.writeString(
                    folder.resolve("release.pub"), pem(PUBLIC, pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        } catch (IOException e) {
            throw new UncheckedIOException("the keys cannot be written to " + folder + ": " + e, e);
        }
    }

    /** @throws IllegalArgumentException if the file does not hold such a key */
    public static PrivateKey readPrivate(Path file) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(body(file, PRIVATE)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " is not an Ed25519 private key: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if the file does not hold such a key */
    public static PublicKey readPublic(Path file) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(body(file, PUBLIC)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " is not an Ed25519 public key: " + e.getMessage(), e);
        }
    }

    private static String pem(String kind, byte[] encoded) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(encoded);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }

    private static byte[] body(Path file, String kind) {
        try {
            String text = TextFile.whole(file).strip();
            String begin = "-----BEGIN " + kind + "-----";
            String end = "-----END " + kind + "-----";
            if (!text.startsWith(begin) || !text.endsWith(end)) {
                throw new IllegalArgumentException(file + " must hold one PEM block of a " + kind);
            }
            return Base64.getMimeDecoder().decode(text.substring(begin.length(), text.length() - end.length()));
        } catch (TextException e) {
            throw new IllegalArgumentException("the key " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the key " + file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }
}

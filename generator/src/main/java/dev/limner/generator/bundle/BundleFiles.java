package dev.limner.generator.bundle;

import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The names of a bundle's files, and how they get there whole. */
public final class BundleFiles {
    /** Written last: a folder that has it is a bundle. */
    public static final String MANIFEST = "manifest.json";

    /** The generator. */
    public static final String WEIGHTS = "weights.safetensors";

    /** The generator, where it is a program and not weights. */
    public static final String PROGRAM = "generator.pt";

    /** The discriminator, where the bundle has it. */
    public static final String DISCRIMINATOR = "discriminator.safetensors";

    /** The probes, where the bundle has them. */
    public static final String PROBES = "probes.png";

    /** Everything that may lie in a bundle beside the manifest. */
    public static final List<String> BESIDE_THE_MANIFEST = List.of(WEIGHTS, PROGRAM, DISCRIMINATOR, PROBES);

    private BundleFiles() {}

    /** Writes a file under another name, makes it durable and gives it its name. */
    static void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, bytes);
        publish(temporary, file);
    }

    static void publish(Path temporary, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes the names in a folder durable. */
    static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * The whole of a file, read once.
     *
     * @throws BundleException if it is larger
     */
    static byte[] read(Path file, long mostBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(Math.toIntExact(mostBytes + 1));
            if (bytes.length > mostBytes) {
                throw new BundleException(
                        RefusalCode.TOO_LARGE, file + " has more than the " + mostBytes + " bytes it may have");
            }
            return bytes;
        }
    }

    /**
     * Of a file of any size: a program with its weights may have more bytes than an array.
     *
     * @throws BundleException if the file cannot be read
     */
    static String digest(Path file) {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        } catch (IOException e) {
            throw new BundleException(
                    RefusalCode.BUNDLE_MISSING,
                    file + " cannot be read: " + e.getClass().getSimpleName(),
                    e);
        }
    }
}

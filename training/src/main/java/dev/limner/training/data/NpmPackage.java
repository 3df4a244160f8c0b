package dev.limner.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.protocol.text.JsonLines;
import dev.limner.protocol.text.TextException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A package as {@code npm pack} writes it: a gzipped tar file, everything below {@code package/}.
 *
 * @param tarball the file
 */
public record NpmPackage(Path tarball) {
    private static final String FOLDER = "package/";
    private static final int MOST_ENTRY_BYTES = 64 << 20;

    /**
     * Entries with their content, in the order of the file.
     *
     * @param wanted of names without {@code package/}
     * @throws DataException if it is no tar file, or not all of one
     */
    public Map<String, byte[]> entries(Predicate<String> wanted) {
        Map<String, byte[]> found = new LinkedHashMap<>();
        TarReader.walkWhole(tarball, (name, size, content) -> {
            if (name.startsWith(FOLDER) && wanted.test(name.substring(FOLDER.length()))) {
                if (size > MOST_ENTRY_BYTES) {
                    throw new IOException(name + " has " + size + " bytes, at most " + MOST_ENTRY_BYTES);
                }
                found.put(name.substring(FOLDER.length()), content.readAllBytes());
            }
        });
        return found;
    }

    /**
     * One entry of JSON.
     *
     * @throws DataException if it is not there or malformed
     */
    public JsonNode json(Map<String, byte[]> entries, String name) {
        byte[] content = entries.get(name);
        if (content == null) {
            throw new DataException(tarball + " holds no " + FOLDER + name);
        }
        try {
            return JsonLines.OF_DATA.document(content, tarball + ", " + name);
        } catch (TextException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Its digest as registries write it, {@code sha512-} and Base64. */
    public String integrity() {
        try (InputStream in = Files.newInputStream(tarball)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return "sha512-" + Base64.getEncoder().encodeToString(digest.digest());
        } catch (IOException e) {
            throw new DataException(tarball + " cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-512", e);
        }
    }
}

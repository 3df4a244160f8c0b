package dev.limner.training.replay;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** What a replay buffer still needs of the image store, for whoever clears that. */
public final class ReplayReferences {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private ReplayReferences() {}

    /**
     * The digests of every image that is remembered and of every example that remembered feedback names. Reads only, beside
     * a trainer that runs.
     *
     * @throws IllegalStateException naming the file, if it is no replay buffer
     */
    public static Set<String> of(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException("there is no replay buffer " + file);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(10_000);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        try {
            return Jdbi.create(source).withHandle(handle -> {
                Set<String> digests = new HashSet<>(handle.createQuery("SELECT sha256 FROM picture")
                        .mapTo(String.class)
                        .list());
                handle.createQuery("SELECT body FROM entry").mapTo(byte[].class).forEach(body -> {
                    Matcher matcher = DIGEST.matcher(new String(body, StandardCharsets.ISO_8859_1));
                    while (matcher.find()) {
                        digests.add(matcher.group());
                    }
                });
                return digests;
            });
        } catch (JdbiException e) {
            throw new IllegalStateException(file + " cannot be read as a replay buffer: " + e.getMessage(), e);
        }
    }
}

package dev.limner.store.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.protocol.Digests;
import dev.limner.protocol.text.JsonReasons;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which fleets keep objects in a folder: a small file each in {@code .fleets}, written before a fleet's first object. Whoever
 * clears the folder has to ask all of them. Several processes may write at once.
 *
 * @param root the folder of the objects
 */
public record FleetMarks(Path root) {
    private static final String FOLDER = ".fleets";
    private static final String EXTENSION = ".json";
    private static final int NAME_LENGTH = 16;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * A fleet.
     *
     * @param cluster id of its Kafka cluster, which no other has
     * @param prefix of its topics
     * @param bootstrap where the cluster was found by whoever wrote this; for people
     */
    public record Fleet(String cluster, String prefix, String bootstrap) {
        public Fleet {
            if (cluster == null || prefix == null || bootstrap == null) {
                throw new IllegalArgumentException(
                        "a fleet has cluster " + cluster + ", prefix " + prefix + " and bootstrap " + bootstrap);
            }
        }

        /** Whether it is the same fleet, wherever it was found. */
        public boolean isSame(Fleet other) {
            return cluster.equals(other.cluster) && prefix.equals(other.prefix);
        }

        /** {@code cluster/prefix}: what tells it from all others. */
        public String name() {
            return cluster + "/" + prefix;
        }

        @Override
        public String toString() {
            return name() + " (" + bootstrap + ")";
        }
    }

    /**
     * Writes a fleet's mark, if it is not there. When this returns the mark survives a loss of power.
     *
     * @throws IOException if the folder does not take it
     */
    public void mark(Fleet fleet) throws IOException {
        Path file = file(fleet);
        Path folder = root.resolve(FOLDER);
        if (!Files.exists(file)) {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, "mark", ".tmp");
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(JSON.writeValueAsBytes(fleet)));
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        force(folder);
        force(root);
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Every fleet that has its mark here.
     *
     * @throws IOException if a mark cannot be read, naming it: a fleet nobody can ask
     */
    public List<Fleet> all() throws IOException {
        List<Fleet> fleets = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve(FOLDER))) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().endsWith(EXTENSION)) {
                    fleets.add(read(file));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        return fleets;
    }

    private static Fleet read(Path file) throws IOException {
        try {
            Fleet fleet = JSON.readValue(Files.readAllBytes(file), Fleet.class);
            if (fleet == null) {
                throw new IOException("the mark " + file + " is empty");
            }
            return fleet;
        } catch (JsonProcessingException e) {
            throw new IOException("the mark " + file + " cannot be read: " + JsonReasons.of(e), e);
        }
    }

    /** Removes the mark of a fleet that is no more. Its objects are nobody's then. */
    public void forget(Fleet fleet) throws IOException {
        Files.deleteIfExists(file(fleet));
    }

    private Path file(Fleet fleet) {
        String digest = Digests.sha256(fleet.name().getBytes(StandardCharsets.UTF_8));
        return root.resolve(FOLDER).resolve(digest.substring(0, NAME_LENGTH) + EXTENSION);
    }
}

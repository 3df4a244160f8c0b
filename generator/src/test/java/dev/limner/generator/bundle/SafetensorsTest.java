package dev.limner.generator.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadWhatItWrote() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("a", new Safetensors.Tensor(List.of(2L, 3L), FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6})));
        tensors.put("b", new Safetensors.Tensor(List.of(1L), FloatBuffer.wrap(new float[] {-7.5f})));
        Path file = folder.resolve("w.safetensors");

        Safetensors.write(file, tensors);
        Map<String, Safetensors.Tensor> read = Safetensors.read(file);

        assertThat(read.keySet()).containsExactly("a", "b");
        assertThat(read.get("a").shape()).containsExactly(2L, 3L);
        assertThat(read.get("a").values().get(5)).isEqualTo(6);
        assertThat(read.get("b").values().get(0)).isEqualTo(-7.5f);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            overlap             | {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | starts at 0
            hole                | {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}    | starts at 4
            beyond the end      | {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}   | describes 16
            shape and range     | {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}    | range [0,8]
            negative            | {"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}   | range [-4,0]
            huge shape          | {"a":{"dtype":"F32","shape":[2000000000,2000000000,2000000000],"data_offsets":[0,8]}} | too large
            other type          | {"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}   | must be F32
            no offsets          | {"a":{"dtype":"F32","shape":[1]}}                         | described by
            not an object       | [1]                                                       | not a JSON object
            not JSON            | {"a":                                                     | not JSON
            """)
    void shouldRefuseAHeaderThatLies(String name, String header, String reason) throws IOException {
        Path file = file(header.getBytes(StandardCharsets.UTF_8), new byte[8]);

        assertThatThrownBy(() -> Safetensors.read(file))
                .as(name)
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldRefuseAHeaderLengthThatIsNotThere() throws IOException {
        byte[] bytes = ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(Long.MAX_VALUE)
                .array();
        Path file = Files.write(folder.resolve("long"), bytes);
        Path zip = Files.write(folder.resolve("zip"), "PK\3\4 and so on and on".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("header of " + Long.MAX_VALUE);
        assertThatThrownBy(() -> Safetensors.read(zip)).isInstanceOf(BundleException.class);
    }

    @Test
    void shouldRefuseNumbersThatAreNone() throws IOException {
        byte[] data = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1)
                .putFloat(Float.NaN)
                .array();
        Path file = file(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}".getBytes(StandardCharsets.UTF_8),
                data);

        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("NaN at position 1");
    }

    @Test
    void shouldUseTheBytesItHashedWhateverTakesTheFilesPlace() throws IOException {
        Path file = folder.resolve("w.safetensors");
        Path evil = folder.resolve("evil.safetensors");
        Safetensors.write(file, one(1));
        Safetensors.write(evil, one(2));
        String sha256 = Digests.sha256(Files.readAllBytes(file));

        try (FileChannel channel = FileChannel.open(file)) {
            Files.move(evil, file, StandardCopyOption.REPLACE_EXISTING);
            assertThat(Safetensors.read(channel, file, sha256).get("a").values().get(0))
                    .isEqualTo(1);
        }
        assertThatThrownBy(() -> Safetensors.read(file, sha256)).hasMessageContaining("the manifest names " + sha256);
    }

    @Test
    void shouldNeverGiveOtherWeightsThanTheDigestsWhileSomebodySwapsTheFile() throws Exception {
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, one(1));
        byte[] good = Files.readAllBytes(file);
        Safetensors.write(file, one(2));
        byte[] evil = Files.readAllBytes(file);
        String sha256 = Digests.sha256(good);
        AtomicBoolean done = new AtomicBoolean();
        Thread swapper = Thread.ofPlatform().start(() -> {
            for (int i = 0; !done.get(); i++) {
                try {
                    Path next = Files.write(folder.resolve("next"), i % 2 == 0 ? good : evil);
                    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 500; i++) {
                try {
                    assertThat(Safetensors.read(file, sha256).get("a").values().get(0))
                            .isEqualTo(1);
                } catch (BundleException e) {
                    assertThat(e).hasMessageContaining("the manifest names");
                }
            }
        } finally {
            done.set(true);
            swapper.join();
        }
    }

    private static Map<String, Safetensors.Tensor> one(float value) {
        return Map.of("a", new Safetensors.Tensor(List.of(1L), FloatBuffer.wrap(new float[] {value})));
    }

    private Path file(byte[] header, byte[] data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header).put(data);
        return Files.write(folder.resolve("t.safetensors"), bytes.array());
    }
}

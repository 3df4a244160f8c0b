package dev.limner.generator.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.Digests;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.text.JsonReasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The safetensors format for float32 tensors: an 8-byte little-endian header length, a JSON header, the data.
 *
 * <p>The reader trusts nothing: the header is capped, every range must lie in the file and be exactly as long as its
 * shape asks, ranges must neither overlap nor leave holes, and no value may be NaN or infinite. It maps the file and
 * copies nothing it has not checked.
 */
public final class Safetensors {
    private static final int MOST_HEADER_BYTES = 1 << 20;
    private static final long MOST_DATA_BYTES = 1L << 31;
    private static final int MOST_DIMENSIONS = 8;
    private static final int PREFIX = Long.BYTES;
    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Safetensors() {}

    /**
     * One tensor.
     *
     * @param shape its dimensions, row-major
     * @param values its values; a read-only view into the mapped file when read
     */
    public record Tensor(List<Long> shape, FloatBuffer values) {
        public Tensor {
            shape = List.copyOf(shape);
            if (values.remaining() != elements(shape)) {
                throw new IllegalArgumentException(
                        "a tensor of shape " + shape + " with " + values.remaining() + " values");
            }
        }

        /** A copy of the values. */
        public float[] toArray() {
            float[] copy = new float[values.remaining()];
            values.duplicate().get(copy);
            return copy;
        }
    }

    private record Range(String name, List<Long> shape, long start, long end) {}

    /**
     * Reads and checks a whole file.
     *
     * @return name to tensor, in the order of the data
     * @throws BundleException if anything in the file is not as the format wants it
     */
    public static Map<String, Tensor> read(Path file) {
        return read(file, null);
    }

    /**
     * The same for a file of a known digest. It is opened and mapped once, and what is hashed is what is used: whoever puts
     * another file in its place meanwhile changes nothing.
     *
     * @param sha256 of the file's bytes; null to take any
     * @throws BundleException if anything in the file is not as the format wants it, or the bytes are others
     */
    public static Map<String, Tensor> read(Path file, @Nullable String sha256) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel, file, sha256);
        } catch (NoSuchFileException e) {
            throw new BundleException(RefusalCode.BUNDLE_MISSING, file + " is not there", e);
        } catch (IOException e) {
            throw new BundleException(RefusalCode.BUNDLE_MISSING, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** @param file as errors name it */
    static Map<String, Tensor> read(FileChannel channel, Path file, @Nullable String sha256) throws IOException {
        long size = channel.size();
        if (size < PREFIX || size > MOST_DATA_BYTES) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    file + " has " + size + " bytes, must have from 8 to " + MOST_DATA_BYTES);
        }
        ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size).order(ByteOrder.LITTLE_ENDIAN);
        if (sha256 != null) {
            String actual = Digests.sha256(bytes);
            if (!actual.equals(sha256)) {
                throw new BundleException(
                        RefusalCode.WEIGHTS_INVALID, file + " has digest " + actual + ", the manifest names " + sha256);
            }
        }
        long headerLength = bytes.getLong(0);
        if (headerLength < 2 || headerLength > Math.min(MOST_HEADER_BYTES, size - PREFIX)) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    file + " declares a header of " + headerLength + " bytes, which is not possible here");
        }
        byte[] header = new byte[(int) headerLength];
        bytes.get(PREFIX, header);
        long dataStart = PREFIX + headerLength;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Range range : checkedRanges(file, header, size - dataStart)) {
            FloatBuffer values = bytes.slice(
                            Math.toIntExact(dataStart + range.start()), Math.toIntExact(range.end() - range.start()))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            notFinite(range.name(), values).ifPresent(found -> {
                throw new BundleException(RefusalCode.WEIGHTS_INVALID, file + ": " + found);
            });
            tensors.put(range.name(), new Tensor(range.shape(), values));
        }
        return tensors;
    }

    private static List<Range> checkedRanges(Path file, byte[] header, long dataBytes) {
        JsonNode root;
        try {
            root = JSON.readTree(new String(header, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID, file + " has a header that is not JSON: " + JsonReasons.of(e), e);
        }
        if (!(root instanceof ObjectNode object)) {
            throw new BundleException(RefusalCode.WEIGHTS_INVALID, file + " has a header that is not a JSON object");
        }
        List<Range> ranges = new ArrayList<>();
        object.properties().forEach(entry -> {
            if (!entry.getKey().equals(METADATA)) {
                ranges.add(range(file, entry.getKey(), entry.getValue()));
            }
        });
        ranges.sort(Comparator.comparingLong(Range::start));
        long end = 0;
        for (Range range : ranges) {
            if (range.start() != end) {
                throw new BundleException(
                        RefusalCode.WEIGHTS_INVALID,
                        file + ": tensor " + range.name() + " starts at " + range.start()
                                + " where the one before it ends at " + end);
            }
            end = range.end();
        }
        if (end != dataBytes) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    file + " has " + dataBytes + " bytes of data, its header describes " + end);
        }
        return ranges;
    }

    private static Range range(Path file, String name, JsonNode node) {
        if (!node.path("dtype").asText().equals("F32")) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    file + ": tensor " + name + " has dtype " + node.path("dtype") + ", must be F32");
        }
        List<Long> shape = new ArrayList<>();
        for (JsonNode dimension : node.path("shape")) {
            if (!dimension.isIntegralNumber() || !dimension.canConvertToInt() || dimension.intValue() < 1) {
                throw new BundleException(
                        RefusalCode.WEIGHTS_INVALID, file + ": tensor " + name + " has shape " + node.path("shape"));
            }
            shape.add(dimension.longValue());
        }
        JsonNode offsets = node.path("data_offsets");
        if (shape.size() > MOST_DIMENSIONS
                || offsets.size() != 2
                || !offsets.get(0).canConvertToLong()
                || !offsets.get(1).canConvertToLong()) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID, file + ": tensor " + name + " is described by " + node);
        }
        long start = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        long elements;
        try {
            elements = Math.multiplyExact(elements(shape), Float.BYTES);
        } catch (ArithmeticException e) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    file + ": tensor " + name + " has shape " + shape + ", too large to address",
                    e);
        }
        if (start < 0 || end - start != elements) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    file + ": tensor " + name + " of shape " + shape + " has the range " + offsets);
        }
        return new Range(name, shape, start, end);
    }

    private static long elements(List<Long> shape) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /** What is not finite in a tensor, for a message; empty if nothing is. */
    private static Optional<String> notFinite(String name, FloatBuffer values) {
        for (int i = 0; i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                return Optional.of("tensor " + name + " holds " + values.get(i) + " at position " + i);
            }
        }
        return Optional.empty();
    }

    /**
     * Writes a file, replacing what is there; the caller makes it durable and visible.
     *
     * @param tensors name to tensor, written in this order
     * @throws IllegalStateException if a tensor holds what {@link #read} would refuse; nothing is written then
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, Map<String, Tensor> tensors) {
        tensors.forEach((name, tensor) -> notFinite(name, tensor.values()).ifPresent(found -> {
            throw new IllegalStateException(file + " is not written: " + found);
        }));
        ObjectNode header = JSON.createObjectNode();
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", "F32");
            entry.getValue().shape().forEach(node.putArray("shape")::add);
            long end = offset + (long) entry.getValue().values().remaining() * Float.BYTES;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        // The format asks for data aligned to 8 bytes; spaces after the JSON are the customary padding.
        int padded = (json.length + 7) / 8 * 8;
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(PREFIX + padded + offset)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded).put(json);
        while (bytes.position() < PREFIX + padded) {
            bytes.put((byte) ' ');
        }
        for (Tensor tensor : tensors.values()) {
            FloatBuffer values = tensor.values().duplicate();
            while (values.hasRemaining()) {
                bytes.putFloat(values.get());
            }
        }
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}

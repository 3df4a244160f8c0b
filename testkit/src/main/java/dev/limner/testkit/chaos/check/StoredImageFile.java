package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;

/** What a reference in a result led to when it became visible. */
sealed interface StoredImageFile {
    /** Of the constant generator's images. */
    int SIDE = 64;

    /** The largest mean distance of a channel from what was generated that JPEG's losses explain. */
    int JPEG_LOSS = 40;

    /**
     * An image whose file has the digest that its reference names.
     *
     * @param bytes the file's length
     * @param type {@code png} or {@code jpeg}, by the file's beginning
     * @param provenance what the file says of its origin; a missing node if nothing
     */
    record Whole(BufferedImage image, int bytes, String type, JsonNode provenance) implements StoredImageFile {
        /**
         * Whether the constant generator generated this for a job.
         *
         * @return what is wrong, or empty
         */
        String mismatch(String caption, long seed, int index, String pixelsSha256) {
            byte[] generated = generated(caption, seed, index);
            if (!HexFormat.of().formatHex(sha256(generated)).equals(pixelsSha256)) {
                return "the pixels' digest is that of another caption, seed or index";
            }
            long distance = 0;
            for (int at = 0; at < SIDE * SIDE; at++) {
                int rgb = image.getRGB(at % SIDE, at / SIDE);
                for (int channel = 0; channel < 3; channel++) {
                    distance += Math.abs((rgb >> (16 - 8 * channel) & 0xFF) - (generated[3 * at + channel] & 0xFF));
                }
            }
            long most = type.equals("png") ? 0 : 3L * SIDE * SIDE * JPEG_LOSS;
            return distance <= most ? "" : "the file was generated for another caption, seed or index";
        }
    }

    /** There is none. */
    record Missing() implements StoredImageFile {}

    /** There is another one, or half of one. */
    record Broken(String why) implements StoredImageFile {}

    /** Looks at every image of a result. */
    static List<StoredImageFile> all(JsonNode images) {
        List<StoredImageFile> all = new ArrayList<>();
        images.forEach(image -> all.add(look(image)));
        return all;
    }

    private static StoredImageFile look(JsonNode image) {
        try {
            byte[] bytes =
                    Files.readAllBytes(Path.of(URI.create(image.path("uri").asText())));
            if (!HexFormat.of()
                    .formatHex(sha256(bytes))
                    .equals(image.path("sha256").asText())) {
                return new Broken("its digest is not the one in the result");
            }
            BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(bytes));
            if (decoded == null || decoded.getWidth() != image.path("width").asInt()) {
                return new Broken("it cannot be decoded");
            }
            boolean jpeg = bytes[0] == (byte) 0xFF;
            return new Whole(decoded, bytes.length, jpeg ? "jpeg" : "png", ImageText.read(bytes));
        } catch (NoSuchFileException e) {
            return new Missing();
        } catch (IOException e) {
            return new Broken(e.toString());
        }
    }

    /** Images of the constant generator, by its description: rows of red, green and blue. */
    private static byte[] generated(String caption, long seed, int index) {
        byte[] digest = sha256(caption.getBytes(StandardCharsets.UTF_8));
        byte[] rgb = new byte[3 * SIDE * SIDE];
        for (int at = 0; at < SIDE * SIDE; at++) {
            int block = at / SIDE / 8 * 8 + at % SIDE / 8;
            rgb[3 * at] = (byte) (seed >>> (8 * (block % 8)));
            rgb[3 * at + 1] = digest[block % digest.length];
            rgb[3 * at + 2] = (byte) index;
        }
        return rgb;
    }

    /** The seed of a job that names none: the last 53 bits of the first eight bytes of its id's digest. */
    static long seedOf(String id) {
        return wideSeedOf(id) & 0x1F_FFFF_FFFF_FFFFL;
    }

    /** The same as workers of 0.1 had it: all of the eight bytes. */
    static long wideSeedOf(String id) {
        return ByteBuffer.wrap(sha256(id.getBytes(StandardCharsets.UTF_8))).getLong();
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

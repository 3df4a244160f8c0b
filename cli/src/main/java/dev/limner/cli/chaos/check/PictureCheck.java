package dev.limner.cli.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.imageio.ImageIO;

/** Whether a referenced picture is there, whole, and the right one. */
final class PictureCheck {
    private static final int BLOCK = 8;
    private static final int BLOCKS_A_ROW = 8;

    private PictureCheck() {}

    /** What a look at a picture found. */
    sealed interface Found {
        /** It is what its reference says. */
        record Whole(BufferedImage picture) implements Found {}

        /** There is none. */
        record Missing() implements Found {}

        /** There is another one, or half of one. */
        record Broken(String why) implements Found {}
    }

    /** @param image the reference in the result */
    static Found look(JsonNode image) {
        Path file = Path.of(URI.create(image.path("uri").asText()));
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (!HexFormat.of()
                    .formatHex(sha256(bytes))
                    .equals(image.path("sha256").asText())) {
                return new Found.Broken("its digest is not the one in the result");
            }
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(bytes));
            if (picture == null || picture.getWidth() != image.path("width").asInt()) {
                return new Found.Broken("it cannot be decoded");
            }
            return new Found.Whole(picture);
        } catch (NoSuchFileException e) {
            return new Found.Missing();
        } catch (IOException e) {
            return new Found.Broken(e.toString());
        }
    }

    /**
     * Whether the constant generator painted this for a job.
     *
     * @return what is wrong, or empty
     */
    static String mismatch(BufferedImage picture, String caption, long seed, int index) {
        byte[] digest = sha256(caption.getBytes(StandardCharsets.UTF_8));
        for (int block = 0; block < BLOCKS_A_ROW * BLOCKS_A_ROW; block++) {
            int rgb = picture.getRGB(block % BLOCKS_A_ROW * BLOCK + 4, block / BLOCKS_A_ROW * BLOCK + 4);
            if ((rgb >> 16 & 0xFF) != (seed >>> (8 * (block % 8)) & 0xFF)) {
                return "it was painted for another seed";
            }
            if ((rgb >> 8 & 0xFF) != (digest[block % digest.length] & 0xFF)) {
                return "it was painted for another caption";
            }
            if ((rgb & 0xFF) != index) {
                return "it was painted for another index";
            }
        }
        return "";
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

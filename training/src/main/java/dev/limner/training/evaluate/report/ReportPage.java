package dev.limner.training.evaluate.report;

import com.samskivert.mustache.Mustache;
import dev.limner.training.data.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Objects;

/** Pages from the templates beside this class. */
public final class ReportPage {
    private ReportPage() {}

    /** Writes the page; a browser that reloads meanwhile sees the old one or the new one. */
    public static void write(String template, Object content, Path file) {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(ReportPage.class.getResourceAsStream(template), template),
                StandardCharsets.UTF_8)) {
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            Files.createDirectories(folder);
            Path temporary = folder.resolve(file.getFileName() + ".tmp");
            Files.writeString(
                    temporary,
                    Mustache.compiler().emptyStringIsFalse(true).compile(reader).execute(content));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the page " + file + " cannot be written", e);
        }
    }

    /** An image as it stands in the page itself. */
    public static String inline(BufferedImage image) {
        try {
            return inline(ImageDecoder.toPng(image));
        } catch (IOException e) {
            throw new UncheckedIOException("an image cannot be encoded", e);
        }
    }

    static String inline(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }
}

package dev.limner.generator.image;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process can write text into images. The JDK brings no fonts of its own, and images of systems that are made
 * small often have none: whoever draws a chart asks here first, and does without rather than fail.
 */
public final class FontSupport {
    private static final @Nullable String MISSING = look();

    private FontSupport() {}

    /** What is missing and what helps, for a person; empty if text can be written. Safe from any thread. */
    public static Optional<String> missing() {
        return Optional.ofNullable(MISSING);
    }

    private static @Nullable String look() {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            graphics.getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 12)).stringWidth("x");
            return null;
        } catch (RuntimeException | LinkageError | InternalError e) {
            // Which of them depends on what exactly is not there: a font, fontconfig or freetype.
            return "no fonts are installed here (" + e.getMessage()
                    + "); with fontconfig and a font, on Debian: apt-get install fontconfig fonts-dejavu-core";
        } finally {
            graphics.dispose();
        }
    }
}

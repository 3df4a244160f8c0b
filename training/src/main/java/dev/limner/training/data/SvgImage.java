package dev.limner.training.data;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.DocumentLimits;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.parser.resources.ResourcePolicy;
import com.github.weisj.jsvg.renderer.NullPlatformSupport;
import com.github.weisj.jsvg.view.FloatSize;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Draws an SVG at the size that is wanted, so that it is as sharp as it can be. Files come from anywhere: nothing outside of
 * the file is read, what it asks for is counted before it is drawn ({@link SvgContent}), and the drawing has a bounded time
 * on a thread of its own. Java cannot end a thread that computes, so a drawing that was given up may continue in the
 * background; after a few of these no SVG is drawn any more.
 */
final class SvgImage {
    static final int MOST_BYTES = 8 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_GIVEN_UP = 2;
    private static final int POLL_MILLIS = 100;
    private static final int STACK_BYTES = 4 << 20;
    private static final float MOST_ASPECT = 1_000;
    private static final DocumentLimits LIMITS = new DocumentLimits(64, 15, 100_000);
    private static final AtomicInteger GIVEN_UP = new AtomicInteger();

    /** What the library says of a file to the terminal is said in the import's report. Kept, or its level would be lost. */
    private static final Logger SILENT = Logger.getLogger("com.github.weisj.jsvg");

    static {
        SILENT.setLevel(Level.OFF);
    }

    private SvgImage() {}

    /**
     * The middle of the drawing, its short side as long as the image's.
     *
     * @return with alpha, {@code side} high and wide
     * @throws IOException if it is damaged, asks for other files, or for more than can be drawn in 10 seconds
     */
    static BufferedImage draw(byte[] file, int side, List<ImageDecoder.Remarked> remarks) throws IOException {
        return draw(file, side, remarks, LONGEST);
    }

    /** @param longest of the processor's time, so that a busy machine draws the same images */
    static BufferedImage draw(byte[] file, int side, List<ImageDecoder.Remarked> remarks, Duration longest)
            throws IOException {
        if (file.length > MOST_BYTES) {
            throw new ImageException(
                    SkippedEntries.Reason.TOO_LARGE, "an SVG of " + file.length + " bytes, at most " + MOST_BYTES);
        }
        SvgContent content = SvgContent.of(file);
        if (GIVEN_UP.get() >= MOST_GIVEN_UP) {
            throw new ImageException(
                    SkippedEntries.Reason.TOO_LARGE,
                    "not drawn: " + MOST_GIVEN_UP + " SVGs before it have not come to an end");
        }
        BufferedImage image = inTime(file, side, longest);
        if (content.isAnimated()) {
            remarks.add(new ImageDecoder.Remarked(SkippedEntries.Remark.FIRST_FRAME, "it is animated"));
        }
        if (content.hasText()) {
            remarks.add(new ImageDecoder.Remarked(
                    SkippedEntries.Remark.WARNED, "its letters are drawn in the fonts of this machine"));
        }
        return image;
    }

    private static BufferedImage inTime(byte[] file, int side, Duration longest) throws IOException {
        CompletableFuture<BufferedImage> drawn = new CompletableFuture<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        drawn.complete(now(file, side));
                    } catch (Throwable e) {
                        drawn.completeExceptionally(e);
                    }
                },
                "svg",
                STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        while (true) {
            try {
                return drawn.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (spent(thread) > longest.toNanos()) {
                    giveUp(drawn);
                    throw new ImageException(
                            SkippedEntries.Reason.TOO_LARGE,
                            "an SVG that takes more than " + longest.toMillis() + " ms to draw");
                }
            } catch (ExecutionException e) {
                throw failure(e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while an SVG was drawn", e);
            }
        }
    }

    /** Of the processor's time; -1 if the thread has ended. */
    private static long spent(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
    }

    private static void giveUp(CompletableFuture<BufferedImage> drawn) {
        GIVEN_UP.incrementAndGet();
        CompletableFuture<Void> unused = drawn.handle((image, failure) -> {
            GIVEN_UP.decrementAndGet();
            return null;
        });
    }

    private static IOException failure(Throwable cause) {
        return switch (cause) {
            case IOException known -> known;
            case OutOfMemoryError e -> ImageDecoder.moreThanFits();
            case StackOverflowError e ->
                new ImageException(SkippedEntries.Reason.TOO_LARGE, "an SVG that is nested too deep");
            case RuntimeException e -> ImageException.damaged(ImageDecoder.told(e));
            case LinkageError e -> throw new IllegalStateException("this machine cannot draw SVGs: " + e, e);
            default -> ImageException.damaged("its drawing fails (" + cause + ")");
        };
    }

    private static BufferedImage now(byte[] file, int side) throws ImageException {
        LoaderContext context = LoaderContext.builder()
                .externalResourcePolicy(ResourcePolicy.DENY_ALL)
                .documentLimits(LIMITS)
                .build();
        SVGDocument document = new SVGLoader().load(() -> SvgContent.events(file), null, context);
        if (document == null) {
            throw ImageException.damaged("it is no drawing");
        }
        FloatSize size = document.size();
        float shorter = Math.min(size.width, size.height);
        float longer = Math.max(size.width, size.height);
        if (!(shorter > 0) || !(longer / shorter <= MOST_ASPECT)) {
            throw ImageException.damaged("its size is " + size.width + "x" + size.height);
        }
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        // What currentColor means at the top.
        graphics.setColor(Color.BLACK);
        float width = side * (size.width / shorter);
        float height = side * (size.height / shorter);
        document.renderWithPlatform(
                NullPlatformSupport.INSTANCE,
                graphics,
                new ViewBox((side - width) / 2, (side - height) / 2, width, height));
        graphics.dispose();
        return image;
    }
}

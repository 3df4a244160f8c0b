package dev.limner.cli.terminal;

import dev.limner.protocol.text.PrintableText;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Progress of long work, always on standard error: a bar on a terminal, a plain line every few seconds elsewhere. One
 * thread at a time.
 */
public final class Progress implements AutoCloseable {
    private static final long LINE_EVERY_NANOS = 5_000_000_000L;

    private final String task;
    private long total;
    private final PrintStream err;
    private final @Nullable ProgressBar bar;
    private long nextLine = System.nanoTime();
    private long at;
    private boolean moved;
    private String detail = "";
    private String printed = "";

    private Progress(String task, long total, PrintStream err, @Nullable ProgressBar bar) {
        this.task = task;
        this.total = total;
        this.err = err;
        this.bar = bar;
    }

    public static Progress of(String task, long total) {
        Terminal terminal = Terminal.current();
        ProgressBar bar = terminal.live()
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setStyle(
                                terminal.colours()
                                        ? ProgressBarStyle.COLORFUL_UNICODE_BAR
                                        : ProgressBarStyle.UNICODE_BLOCK)
                        .continuousUpdate()
                        .setUpdateIntervalMillis(200)
                        .build()
                : null;
        return new Progress(task, total, System.err, bar);
    }

    /** Moves to {@code done} of the total; {@code detail} is shown beside it. */
    public void to(long done, String detail) {
        moved = true;
        at = done;
        this.detail = PrintableText.line(detail);
        if (bar != null) {
            bar.stepTo(done).setExtraMessage(" " + this.detail);
        } else if (System.nanoTime() >= nextLine) {
            line();
        }
    }

    /** Corrects the total when it becomes known. */
    public void total(long newTotal) {
        total = newTotal;
        if (bar != null) {
            bar.maxHint(newTotal);
        }
    }

    private void line() {
        nextLine = System.nanoTime() + LINE_EVERY_NANOS;
        printed = text();
        err.println(printed);
    }

    private String text() {
        return String.format(Locale.ROOT, "%s: %d of %d  %s", task, at, total, detail);
    }

    /** Says how far it came, unless that was said; nothing if it never began. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        } else if (moved && !text().equals(printed)) {
            line();
        }
    }
}

package dev.limner.testkit.fault.bug;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Image files carry the caption of another job: the one before. */
public final class MixCaptions implements SeededBug {
    private final AtomicReference<@Nullable String> last = new AtomicReference<>();

    @Override
    public String caption(String caption) {
        String before = last.getAndSet(caption);
        return before == null ? caption : before;
    }
}

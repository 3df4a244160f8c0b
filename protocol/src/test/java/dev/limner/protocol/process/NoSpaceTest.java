package dev.limner.protocol.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class NoSpaceTest {
    @Test
    void shouldFindAFullDeviceAmongTheCauses() {
        FileSystemException full = new FileSystemException("/a/file", null, "No space left on device");
        assertThat(NoSpace.causes(full)).isTrue();
        assertThat(NoSpace.causes(new IllegalStateException(new UncheckedIOException(full))))
                .isTrue();
        assertThat(NoSpace.causes(new IOException("Disk quota exceeded"))).isTrue();
    }

    @Test
    void shouldNotTakeOtherFailuresForOne() {
        assertThat(NoSpace.causes(null)).isFalse();
        assertThat(NoSpace.causes(new IOException((String) null))).isFalse();
        assertThat(NoSpace.causes(new IOException("Permission denied"))).isFalse();
        assertThat(NoSpace.causes(new IllegalArgumentException("caption 'no space left on device'")))
                .isFalse();
        IllegalStateException one = new IllegalStateException("one");
        IllegalStateException two = new IllegalStateException("two", one);
        one.initCause(two);
        assertThat(NoSpace.causes(one)).isFalse();
    }
}

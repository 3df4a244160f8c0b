package dev.limner.generator.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.limner.generator.arithmetic.KernelSettings;
import dev.limner.generator.arithmetic.Processor;
import org.junit.jupiter.api.Test;

class ExecutionProfileTest {
    private static final Processor PROCESSOR = new Processor("AuthenticAMD", 26, "AMD EPYC", "avx512");
    private static final KernelSettings ALL = new KernelSettings("all", "all");

    @Test
    void shouldNameWhatBytesDependOn() {
        assertThat(name(PROCESSOR, ALL, 2, true, 16)).endsWith("-cpu-avx512-t2-r2-authenticamd26-all-padded-b16");
        assertThat(name(PROCESSOR, new KernelSettings("sse41", "default"), 2, false, 8))
                .endsWith("-cpu-avx512-t2-r2-authenticamd26-sse41.default-plain-b8");
    }

    @Test
    void shouldDifferWhereverBytesMay() {
        String usual = name(PROCESSOR, ALL, 2, false, 16);

        assertThat(name(new Processor("AuthenticAMD", 25, "AMD EPYC", "avx512"), ALL, 2, false, 16))
                .isNotEqualTo(usual);
        assertThat(name(PROCESSOR, new KernelSettings("avx2", "all"), 2, false, 16))
                .isNotEqualTo(usual);
        assertThat(name(PROCESSOR, ALL, 1, false, 16)).isNotEqualTo(usual);
        assertThat(name(PROCESSOR, ALL, 2, true, 16)).isNotEqualTo(usual);
        assertThat(name(PROCESSOR, ALL, 2, false, 8)).isNotEqualTo(usual);
        assertThat(usual).isNotEqualTo("torch-2.7.1-amd64-cpu-avx512-t2");
    }

    @Test
    void shouldTellTheBatchSizeItStandsFor() {
        ExecutionProfile here = ExecutionProfile.of(Device.cpu(), 1, 8);

        assertThat(ExecutionProfile.batchOf(here.name())).hasValue(8);
        assertThat(here.batch()).isEqualTo(8);
        assertThat(ExecutionProfile.of(Device.cpu()).batch()).isEqualTo(16);
        assertThat(ExecutionProfile.batchOf("torch-2.7.1-amd64-cpu-avx512-t2")).isEmpty();
        assertThat(ExecutionProfile.batchOf(ExecutionProfile.NONE.name())).isEmpty();
    }

    @Test
    void shouldRefuseABatchOfNothing() {
        assertThatThrownBy(() -> new ExecutionProfile("here", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch is 0, must be at least 1");
    }

    @Test
    void shouldNameAGpusChipAndPrecisionAndNotTheProcessorBesideIt() {
        assertThat(ExecutionProfile.of("2.7.1", "90-tf32", PROCESSOR, ALL, 2, false, 32)
                        .name())
                .endsWith("-cuda90-tf32-r2-plain-b32");
    }

    private static String name(Processor processor, KernelSettings kernels, int threads, boolean padded, int batch) {
        return ExecutionProfile.of("2.7.1", null, processor, kernels, threads, padded, batch)
                .name();
    }
}

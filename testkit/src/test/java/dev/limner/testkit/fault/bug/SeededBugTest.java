package dev.limner.testkit.fault.bug;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.JobGroup;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.Result;
import dev.limner.store.ObjectStore;
import dev.limner.store.file.Disk;
import dev.limner.store.file.LocalDisk;
import dev.limner.testkit.fault.forwarding.ForwardingDisk;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.publish.PublishOutcome;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bug makes its mistake, and no other. */
class SeededBugTest {
    @TempDir
    Path folder;

    /** What a bug does to a worker, by the point of the worker that shows it. */
    private static final Map<String, String> SHOWN_BY = new TreeMap<>(Map.of(
            "publish-before-store", "stored",
            "truncate-originals", "stored",
            "skip-fsync", "disk",
            "commit-revoked", "ownership",
            "ignore-ledger", "assigned",
            "seek-nothing-after-abort", "published",
            "swap-pictures", "generator",
            "ignore-cancellations", "cancellations",
            "ignore-deadlines", "delivered",
            "mix-captions", "caption"));

    static List<SeededBug> bugs() {
        return ServiceLoader.load(SeededBug.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    @Test
    void shouldShowNothingWithoutABug() throws IOException {
        assertThat(shown(FaultPoints.NONE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void shouldMakeItsMistakeAndNoOther(SeededBug bug) throws IOException {
        assertThat(shown(bug)).as(bug.id()).containsExactly(SHOWN_BY.getOrDefault(bug.id(), "answered"));
    }

    private List<String> shown(FaultPoints faults) throws IOException {
        List<String> shown = new ArrayList<>();
        if (!stores(faults)) {
            shown.add("stored");
        }
        if (!forces(faults)) {
            shown.add("disk");
        }
        if (!hears(faults)) {
            shown.add("ownership");
        }
        PartitionAssignment assignment =
                new PartitionAssignment(new PartitionRef("jobs", 0), 1, 5, "ledger", 0, 9, null, false, false);
        if (!faults.assigned(assignment).equals(assignment)) {
            shown.add("assigned");
        }
        if (!faults.published(new PublishOutcome.Failed("why")).equals(new PublishOutcome.Failed("why"))) {
            shown.add("published");
        }
        if (!paints(faults)) {
            shown.add("generator");
        }
        if (faults.cancellations(id -> Optional.of(Instant.EPOCH)).apply("a").isEmpty()) {
            shown.add("cancellations");
        }
        if (!delivery().decoded().equals(faults.delivered(delivery()).decoded())) {
            shown.add("delivered");
        }
        if (!List.of("a", "b", "c").stream().map(faults::caption).toList().equals(List.of("a", "b", "c"))) {
            shown.add("caption");
        }
        boolean wrong = false;
        for (Publication right : Arrays.asList(generated("a"), rejected(), generated("b"), generated("c"))) {
            wrong |= !right.equals(faults.answered(right));
        }
        if (wrong) {
            shown.add("answered");
        }
        return shown;
    }

    /** Whether the store has all bytes when it says so. */
    private static boolean stores(FaultPoints faults) {
        byte[] bytes = {1, 2, 3, 4};
        List<byte[]> stored = new ArrayList<>();
        ObjectStore store = faults.store(new ObjectStore() {
            @Override
            public URI uri(StoreObject object) {
                return URI.create("memory:" + object.sha256());
            }

            @Override
            public List<String> put(List<StoreObject> objects) {
                objects.forEach(object -> stored.add(object.bytes()));
                return objects.stream().map(object -> uri(object).toString()).toList();
            }
        });
        var unused = store.put(List.of(new ObjectStore.StoreObject(bytes, Digests.sha256(bytes), "bin")));
        return stored.size() == 1 && Arrays.equals(stored.get(0), bytes);
    }

    /** Whether what is to be forced is forced. */
    private boolean forces(FaultPoints faults) throws IOException {
        List<String> forced = new ArrayList<>();
        Disk disk = faults.disk(new ForwardingDisk(new LocalDisk()) {
            @Override
            public void write(Path file, byte[] bytes, boolean force) {
                forced.add("write " + force);
            }

            @Override
            public void force(Path file) {
                forced.add("file");
            }

            @Override
            public void forceFolder(Path folder) {
                forced.add("folder");
            }
        });
        disk.write(folder.resolve("a"), new byte[1], true);
        disk.force(folder.resolve("a"));
        disk.forceFolder(folder);
        return forced.equals(List.of("write true", "file", "folder"));
    }

    /** Whether it hears of partitions that go away. */
    private static boolean hears(FaultPoints faults) {
        Set<PartitionRef> some = Set.of(new PartitionRef("jobs", 0));
        List<Set<PartitionRef>> heard = new ArrayList<>();
        OwnershipListener listener = faults.ownership(new OwnershipListener() {
            @Override
            public void revoked(Set<PartitionRef> partitions) {
                heard.add(partitions);
            }

            @Override
            public void lost(Set<PartitionRef> partitions) {
                heard.add(partitions);
            }
        });
        listener.revoked(some);
        listener.lost(some);
        return heard.equals(List.of(some, some));
    }

    /** Whether every image is in its request's place, and always while the device is only tried. */
    private static boolean paints(FaultPoints faults) {
        try (ImageGenerator generator = faults.generator(new SeedGenerator())) {
            List<RenderRequest> probes = generator.probes(3);
            assertThat(seeds(generator.generate(probes.reversed(), 4))).containsExactly(2, 1, 0);

            List<RenderRequest> jobs = List.of(request(7), request(8), request(9));
            return seeds(generator.generate(jobs, 4)).equals(List.of(7, 8, 9));
        }
    }

    private static List<Integer> seeds(List<Pixels> images) {
        return images.stream().map(image -> (int) image.rgb()[0]).toList();
    }

    private static RenderRequest request(int seed) {
        return new RenderRequest(new float[] {1}, seed, 0, 1);
    }

    /** One pixel of the seed's shade. */
    private static final class SeedGenerator implements ImageGenerator {
        @Override
        public Result.Model model() {
            return new Result.Model("seeds", "0");
        }

        @Override
        public ModelInputs inputs() {
            return ModelInputs.caption(1, 1);
        }

        @Override
        public ImageSize size() {
            return new ImageSize(1, 1);
        }

        @Override
        public List<RenderRequest> probes(int count) {
            List<RenderRequest> probes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                probes.add(request(i));
            }
            return probes;
        }

        @Override
        public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
            return requests.stream()
                    .map(request -> new Pixels(1, 1, new byte[] {(byte) request.seed(), 0, 0}))
                    .toList();
        }

        @Override
        public void close() {}
    }

    private static RecordDelivery delivery() {
        byte[] value = "{\"caption\":\"x\",\"deadline\":\"2026-01-01T00:00:00Z\"}".getBytes(StandardCharsets.UTF_8);
        Decoded decoded = JobCodec.decode(value, "id");
        return new RecordDelivery(
                new RecordRef(new PartitionRef("jobs", 0), 1, 1),
                new OriginalRecord(null, value, List.of(), 0),
                decoded,
                0);
    }

    private static Publication generated(String id) {
        Outcome.ImageRef first = new Outcome.ImageRef("uri", "sha", "image/png", 1, 64, 64, 0, 1, "pixels");
        Outcome.ImageRef second = new Outcome.ImageRef("uri-2", "sha", "image/png", 1, 64, 64, 1, 1, "pixels");
        return publication(
                id, new Outcome.Completed(List.of(first, second), "none"), new Result.Batch("batch", 4, 0), null);
    }

    private static Publication rejected() {
        RecordError error = RecordError.ofRecord(ErrorCode.TOO_LARGE, "too large");
        return publication(
                "bad", new Outcome.Rejected(error), null, new Publication.DeadLetter("too-large: too large", 1, null));
    }

    private static Publication publication(
            String id, Outcome outcome, Result.@Nullable Batch batch, Publication.@Nullable DeadLetter letter) {
        Result result = new Result(
                id,
                outcome,
                "tenant-" + id,
                TextNode.valueOf(id),
                new JobGroup("group", 2),
                new Result.Source("jobs", 0, 1),
                1,
                1,
                "worker-1",
                null,
                null,
                batch,
                List.of("caption-truncated"));
        OriginalRecord original = new OriginalRecord(null, id.getBytes(StandardCharsets.UTF_8), List.of(), 0);
        return new Publication(result, original, "jobs-0@1", letter, null);
    }
}

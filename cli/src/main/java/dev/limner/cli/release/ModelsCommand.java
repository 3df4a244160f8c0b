package dev.limner.cli.release;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.limner.cli.ClusterOptions;
import dev.limner.cli.LimnerCommand;
import dev.limner.client.registry.ModelRegistry;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Released models: what there is, what is live, and changing that by hand. */
@Command(
        name = "models",
        description = "Show released models, and change what the fleet serves.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ImportModelCommand.class, RebuildCommand.class})
public final class ModelsCommand implements Runnable, LimnerCommand {
    static final int SHOWN = 12;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "limner models needs a command");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(
            name = "list",
            description = "List every bundle in the store and what it is to the fleet.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin BundleOptions bundles,
            @Mixin ClusterOptions cluster,
            @Option(names = "--key", hidden = true) @Nullable List<String> unused) {
        Map<String, ModelRecord> records = RegistryOptions.topic(cluster).all();
        ModelRecord record = records.get(bundles.name);
        out().printf("%-12s  %-12s  %7s  %-12s  %s%n", "digest", "state", "release", "parent", "gate");
        bundles.store().digests(bundles.name).stream()
                .map(digest -> ModelBundle.readManifest(bundles.folder(digest)))
                .sorted(Comparator.comparingLong(Manifest::order).reversed())
                .forEach(manifest -> out().printf(
                                "%-12s  %-12s  %7d  %-12s  %s%n",
                                abbreviated(manifest.digest()),
                                state(record, manifest.digest()),
                                manifest.order(),
                                manifest.parent() == null ? "-" : abbreviated(manifest.parent()),
                                gate(manifest)));
        if (record != null) {
            out().println("revision " + record.revision() + " at " + record.at()
                    + (record.signature() == null ? "" : ", signed") + ": " + PrintableText.line(record.reason()));
        }
        records.keySet().stream()
                .filter(other -> !other.equals(bundles.name))
                .sorted()
                .forEach(other ->
                        out().println(PrintableText.line("also announced: " + other + " (--name " + other + ")")));
        return 0;
    }

    static String state(@Nullable ModelRecord record, String digest) {
        if (record == null) {
            return "-";
        }
        if (record.live().digest().equals(digest)) {
            return "live";
        }
        ModelRecord.Canary canary = record.canary();
        if (canary != null && canary.release().digest().equals(digest)) {
            return String.format(Locale.ROOT, "canary %.0f%%", 100 * canary.share());
        }
        ModelRecord.Holdout holdout = record.holdout();
        if (holdout != null && holdout.digest().equals(digest)) {
            return String.format(Locale.ROOT, "hold-out %.0f%%", 100 * holdout.share());
        }
        return record.previous().stream().anyMatch(release -> release.digest().equals(digest)) ? "previous" : "retired";
    }

    private static String gate(Manifest manifest) {
        if (manifest.metrics() == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        manifest.metrics()
                .path("contests")
                .properties()
                .forEach(entry -> text.append(String.format(
                        Locale.ROOT,
                        "%s %.3f (%.3f to %.3f) ",
                        entry.getKey(),
                        entry.getValue().path("value").asDouble(),
                        entry.getValue().path("low").asDouble(),
                        entry.getValue().path("high").asDouble())));
        return text.toString().strip();
    }

    private static String abbreviated(String digest) {
        return digest.substring(0, SHOWN);
    }

    @Command(
            name = "show",
            description = "Show a bundle's manifest: recipe, lineage, feedback, gate.",
            mixinStandardHelpOptions = true)
    int show(
            @Parameters(paramLabel = "DIGEST", description = "The bundle's digest, or its beginning.") String digest,
            @Mixin BundleOptions bundles,
            @Option(
                            names = {"--key", "-b", "--bootstrap", "--topic-prefix"},
                            hidden = true)
                    @Nullable
                    List<String> unused)
            throws JsonProcessingException {
        Path folder = bundles.folder(bundles.digest(digest));
        Manifest manifest = ModelBundle.read(folder).manifest();
        out().println(JSON.writeValueAsString(manifest));
        out().println("in " + folder + ", every file as the manifest says; signed: "
                + bundles.store().signature(bundles.name, manifest.digest()).isPresent());
        return 0;
    }

    @Command(
            name = "promote",
            description = {
                "Make the canary live, or a release that is named.",
                "--bundle puts a bundle from elsewhere into the store first; one that was trained from nothing gets the"
                        + " release number after that of what is live."
            },
            mixinStandardHelpOptions = true)
    int promote(
            @Parameters(arity = "0..1", paramLabel = "DIGEST", description = "The bundle's digest, or its beginning.")
                    @Nullable
                    String digest,
            @Option(names = "--bundle", paramLabel = "DIR", description = "A bundle to put into the store.") @Nullable
                    Path bundle,
            @Option(
                            names = "--canary",
                            paramLabel = "SHARE",
                            description = "Make it a canary with this share of the jobs instead.")
                    @Nullable
                    Double share,
            @Option(
                            names = "--holdout",
                            paramLabel = "SHARE",
                            description =
                                    "Leave this share of the jobs with what was live before, for a day at most, to"
                                            + " compare the two; 0 for none. Default: the trainer's default.")
                    @Nullable
                    Double holdout,
            @Mixin ReasonOption reason,
            @Mixin RegistryOptions options) {
        if (share != null && !(share > 0 && share <= 1)) {
            throw new UsageException("--canary is " + share + ", must be above 0 and at most 1");
        }
        ModelRegistry registry = options.registry(holdout(holdout));
        if (digest == null && bundle == null) {
            ModelRecord record = announced(registry.current(options.name()), options);
            ModelRecord.Canary canary = record.canary();
            if (canary == null) {
                throw new UsageException("there is no canary; name the bundle to make live");
            }
            return say(registry.promote(options.name(), canary.release().digest(), reason.text));
        }
        Optional<ModelRecord> current = registry.current(options.name());
        ReleaseCandidate offer = new ReleaseCandidate(options, current, out());
        ModelRecord.Release release =
                bundle != null ? offer.from(bundle) : offer.of(options.bundles.digest(String.valueOf(digest)));
        if (current.isEmpty()) {
            return say(Optional.of(registry.begin(options.name(), release)));
        }
        return say(
                share == null
                        ? registry.promote(options.name(), release, reason.text)
                        : registry.trial(options.name(), release, share, reason.text));
    }

    static ModelRegistry.Holdout holdout(@Nullable Double share) {
        ModelRegistry.Holdout usual = ModelRegistry.Holdout.DEFAULT;
        if (share == null) {
            return usual;
        }
        if (!(share >= 0 && share <= ModelRegistry.Holdout.MOST)) {
            throw new UsageException("--holdout is " + share + ", must be from 0 to " + ModelRegistry.Holdout.MOST);
        }
        return new ModelRegistry.Holdout(share, usual.young());
    }

    @Command(
            name = "reject",
            description = "End the trial of the canary: it gets no more jobs.",
            mixinStandardHelpOptions = true)
    int reject(@Mixin ReasonOption reason, @Mixin RegistryOptions options) {
        ModelRegistry registry = options.registry();
        ModelRecord record = announced(registry.current(options.name()), options);
        ModelRecord.Canary canary = record.canary();
        if (canary == null) {
            throw new UsageException("there is no canary");
        }
        return say(registry.reject(options.name(), canary.release().digest(), reason.text));
    }

    @Command(name = "rollback", description = "Go back to what was live before.", mixinStandardHelpOptions = true)
    int rollback(@Mixin ReasonOption reason, @Mixin RegistryOptions options) {
        ModelRegistry registry = options.registry();
        ModelRecord record = announced(registry.current(options.name()), options);
        if (record.previous().isEmpty()) {
            throw new UsageException(
                    "nothing was live before " + abbreviated(record.live().digest()));
        }
        return say(registry.rollBack(options.name(), record.live().digest(), reason.text));
    }

    @Command(
            name = "sign",
            description = {
                "Announce the model's record once more, signed with --key together with the releases it names.",
                "For a fleet whose records are not signed yet or with another key, and for one whose workers know a newer"
                        + " revision than the topic. Look at 'limner models list' first: what it shows is what is signed."
            },
            mixinStandardHelpOptions = true)
    int sign(
            @Option(
                            names = "--above",
                            defaultValue = "0",
                            paramLabel = "REVISION",
                            description = "The revision that the workers know.")
                    long above,
            @Mixin ReasonOption reason,
            @Mixin RegistryOptions options) {
        if (options.key == null) {
            throw new UsageException("--key is missing: limner models sign needs the key to sign with");
        }
        return say(Optional.of(announced(options.registry().sign(options.name(), above, reason.text), options)));
    }

    @Command(
            name = "keygen",
            description = {
                "Make a key pair: release.key for the trainer (limner.trainer.key) and release.pub for the workers"
                        + " (limner.worker.models.public-key)."
            },
            mixinStandardHelpOptions = true)
    int keygen(@Parameters(paramLabel = "DIR", description = "Folder for the two files.") Path folder) {
        if (Files.exists(folder.resolve("release.key"))) {
            throw new UsageException(folder.resolve("release.key") + " is there already");
        }
        ReleaseKeys.generate(folder);
        out().println(folder.resolve("release.key") + " " + folder.resolve("release.pub"));
        return 0;
    }

    private static ModelRecord announced(Optional<ModelRecord> record, RegistryOptions options) {
        return record.orElseThrow(() -> new UsageException(
                "the model '" + options.name() + "' was never announced on " + options.cluster.bootstrap()));
    }

    private int say(Optional<ModelRecord> record) {
        record.ifPresent(now -> {
            ModelRecord.Canary canary = now.canary();
            out().println("revision " + now.revision() + ": live "
                    + abbreviated(now.live().digest())
                    + (canary == null
                            ? ""
                            : ", canary " + abbreviated(canary.release().digest())));
        });
        return record.isPresent() ? 0 : 1;
    }
}

package dev.limner.cli.release;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
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
        description = "Shows released models and changes what the fleet serves.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {RebuildCommand.class})
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
            description = "Every bundle in the store and what it is to the fleet.",
            mixinStandardHelpOptions = true)
    int list(@Mixin RegistryOptions options) {
        Map<String, ModelRecord> records = options.topic().all();
        ModelRecord record = records.get(options.name);
        out().printf("%-12s  %-12s  %5s  %-12s  %s%n", "digest", "state", "order", "parent", "gate");
        options.store().digests(options.name).stream()
                .map(digest -> ModelBundle.readManifest(options.folder(digest)))
                .sorted(Comparator.comparingLong(Manifest::order).reversed())
                .forEach(manifest -> out().printf(
                                "%-12s  %-12s  %5d  %-12s  %s%n",
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
                .filter(other -> !other.equals(options.name))
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
            description = "A bundle's manifest: recipe, lineage, feedback, gate.",
            mixinStandardHelpOptions = true)
    int show(
            @Parameters(paramLabel = "DIGEST", description = "Or its beginning.") String digest,
            @Mixin RegistryOptions options)
            throws JsonProcessingException {
        Path folder = options.folder(options.digest(digest));
        Manifest manifest = ModelBundle.read(folder).manifest();
        out().println(JSON.writeValueAsString(manifest));
        out().println("in " + folder + ", every file as the manifest says; signed: "
                + options.store().signature(options.name, manifest.digest()).isPresent());
        return 0;
    }

    @Command(
            name = "promote",
            description = {
                "Makes the release on trial live, or one that is named.",
                "--bundle puts a bundle from elsewhere into the store first; one that was trained from nothing is numbered"
                        + " as the next after what is live."
            },
            mixinStandardHelpOptions = true)
    int promote(
            @Parameters(arity = "0..1", paramLabel = "DIGEST", description = "Or its beginning.") @Nullable
                    String digest,
            @Option(names = "--bundle", paramLabel = "DIR", description = "A bundle to put into the store.") @Nullable
                    Path bundle,
            @Option(
                            names = "--canary",
                            paramLabel = "SHARE",
                            description = "Put it on trial with this share of the jobs instead.")
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
            ModelRecord record = announced(registry.current(options.name), options);
            ModelRecord.Canary canary = record.canary();
            if (canary == null) {
                throw new UsageException("nothing is on trial; name the bundle to make live");
            }
            return say(registry.promote(options.name, canary.release().digest(), reason.text));
        }
        Optional<ModelRecord> current = registry.current(options.name);
        ReleaseCandidate offer = new ReleaseCandidate(options, current, out());
        ModelRecord.Release release =
                bundle != null ? offer.from(bundle) : offer.of(options.digest(String.valueOf(digest)));
        if (current.isEmpty()) {
            return say(Optional.of(registry.begin(options.name, release)));
        }
        return say(
                share == null
                        ? registry.promote(options.name, release, reason.text)
                        : registry.trial(options.name, release, share, reason.text));
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
            description = "Ends the trial of the release that is on trial.",
            mixinStandardHelpOptions = true)
    int reject(@Mixin ReasonOption reason, @Mixin RegistryOptions options) {
        ModelRegistry registry = options.registry();
        ModelRecord record = announced(registry.current(options.name), options);
        ModelRecord.Canary canary = record.canary();
        if (canary == null) {
            throw new UsageException("nothing is on trial");
        }
        return say(registry.reject(options.name, canary.release().digest(), reason.text));
    }

    @Command(name = "rollback", description = "Goes back to what was live before.", mixinStandardHelpOptions = true)
    int rollback(@Mixin ReasonOption reason, @Mixin RegistryOptions options) {
        ModelRegistry registry = options.registry();
        ModelRecord record = announced(registry.current(options.name), options);
        if (record.previous().isEmpty()) {
            throw new UsageException(
                    "nothing was live before " + abbreviated(record.live().digest()));
        }
        return say(registry.rollBack(options.name, record.live().digest(), reason.text));
    }

    @Command(
            name = "sign",
            description = {
                "Announces the model's record once more, signed with --key together with the releases it names.",
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
        return say(Optional.of(announced(options.registry().sign(options.name, above, reason.text), options)));
    }

    @Command(
            name = "keygen",
            description = {
                "Makes a key pair: release.key for the trainer (limner.trainer.key) and release.pub for the workers"
                        + " (limner.worker.models.public-key)."
            },
            mixinStandardHelpOptions = true)
    int keygen(@Parameters(paramLabel = "DIR", description = "Where to.") Path folder) {
        if (Files.exists(folder.resolve("release.key"))) {
            throw new UsageException(folder.resolve("release.key") + " is there already");
        }
        ReleaseKeys.generate(folder);
        out().println(folder.resolve("release.key") + " " + folder.resolve("release.pub"));
        return 0;
    }

    private static ModelRecord announced(Optional<ModelRecord> record, RegistryOptions options) {
        return record.orElseThrow(() -> new UsageException(
                "the model '" + options.name + "' was never announced on " + options.cluster.bootstrap()));
    }

    private int say(Optional<ModelRecord> record) {
        record.ifPresent(now -> {
            ModelRecord.Canary canary = now.canary();
            out().println("revision " + now.revision() + ": live "
                    + abbreviated(now.live().digest())
                    + (canary == null
                            ? ""
                            : ", on trial " + abbreviated(canary.release().digest())));
        });
        return record.isPresent() ? 0 : 1;
    }
}

package dev.limner.trainer.service;

import dev.limner.training.recipe.FineTuning;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The trainer's settings, {@code limner.trainer.*}; each can also be given as an environment variable, {@code
 * LIMNER_TRAINER_ROUNDS_AFTER}.
 */
@ConfigMapping(prefix = "limner.trainer")
public interface TrainerConfig {
    /** Kafka's bootstrap servers. */
    @WithDefault("localhost:9092")
    String bootstrap();

    /** What the topics' names start with. */
    @WithDefault("limner")
    String topicPrefix();

    /** The consumer group; one trainer a model. */
    @WithDefault("limner-trainer")
    String group();

    /** Folder of the bundle the fleet starts with; its name is the model that is learned for. */
    @WithDefault("models/default")
    Path model();

    /** Folder of the data set that the model was trained on. */
    @WithDefault("data/emoji")
    Path data();

    /** Language of its captions; without one the model's recipe says. */
    Optional<String> language();

    /** Folder of the judges; without one the data set's own. */
    Optional<Path> judges();

    /** Folder of the workers' images. */
    @WithDefault(".limner/store")
    Path store();

    /** Folder of the released bundles, shared with the workers. */
    @WithDefault(".limner/models")
    Path bundles();

    /** Folder of the replay buffer and the rounds. */
    @WithDefault(".limner/trainer")
    Path state();

    /** Folders that examples may be read from, beside the store. */
    Optional<List<Path>> examples();

    /** PEM file of the Ed25519 key that releases and model records are signed with; only records it signed are built on. */
    Optional<Path> key();

    /** Folder for native libraries and the text encoder's files. */
    @WithDefault(".limner/cache")
    Path cache();

    /** Threads of libtorch; 0 for the machine's cores. */
    @WithDefault("1")
    int threads();

    /** Share of the time in which it may compute. */
    @WithDefault("1.0")
    double share();

    /** {@code limner.trainer.feedback.*}. */
    Feedback feedback();

    /** {@code limner.trainer.replay.*}. */
    Replay replay();

    /** {@code limner.trainer.rounds.*}. */
    Rounds rounds();

    /** {@code limner.trainer.canary.*}. */
    Canary canary();

    /** {@code limner.trainer.tuning.*}: what is not set is as in {@link FineTuning#DEFAULT}. */
    TuningKeys tuning();

    /** What is taken. */
    interface Feedback {
        /** How much one rater may say in an hour, and all that give no name together. */
        @WithDefault("500")
        long perRaterPerHour();
    }

    /** What is kept. */
    interface Replay {
        /** Entries; the oldest beyond are forgotten. */
        @WithDefault("100000")
        int most();
    }

    /** When a round starts. */
    interface Rounds {
        /** New entries after which one starts; 0 for never by itself. */
        @WithDefault("200")
        int after();

        /** How often one starts if there is anything new at all. */
        Optional<Duration> every();

        /** Held-out images that the gate asks for at most. */
        @WithDefault("500")
        int heldOut();

        /** Seed of the gate and, with the round's number, of each round. */
        @WithDefault("1")
        long seed();
    }

    /** How a release is tried. */
    interface Canary {
        /** Share of the jobs; 0 makes what passes the gate live at once. */
        @WithDefault("0.05")
        double share();

        /** How long a trial may last at most; what nothing speaks against by then goes live. */
        @WithDefault("1h")
        Duration promoteAfter();

        /** Share of the jobs that stays with what was live before while a live release is young; 0 for none. */
        @WithDefault("0.05")
        double holdout();

        /** How long a live release is young at most: as long it may go back by itself. */
        @WithDefault("24h")
        Duration young();

        /** How often the trial is looked at. */
        @WithDefault("5s")
        Duration look();
    }

    /** How a round tunes. */
    interface TuningKeys {
        OptionalInt steps();

        OptionalDouble learningRate();

        OptionalDouble averageDecay();

        OptionalInt replay();

        OptionalInt feedback();

        OptionalDouble reward();

        OptionalDouble disagreement();

        OptionalDouble anchor();

        OptionalDouble elastic();

        Optional<FineTuning.Moves> moves();

        /** {@code limner.trainer.tuning.examples.*}: what is otherwise where people showed images. */
        ExampleKeys examples();

        /** What the keys say. */
        default FineTuning toTuning() {
            FineTuning plain = FineTuning.DEFAULT;
            return new FineTuning(
                    steps().orElse(plain.steps()),
                    learningRate().orElse(plain.learningRate()),
                    averageDecay().orElse(plain.averageDecay()),
                    replay().orElse(plain.replay()),
                    feedback().orElse(plain.feedback()),
                    reward().orElse(plain.reward()),
                    disagreement().orElse(plain.disagreement()),
                    anchor().orElse(plain.anchor()),
                    elastic().orElse(plain.elastic()),
                    moves().orElse(plain.moves()),
                    examples().toExamples());
        }
    }

    /** How a round tunes that learns from examples. */
    interface ExampleKeys {
        OptionalDouble share();

        OptionalInt passes();

        OptionalDouble learningRate();

        OptionalDouble averageDecay();

        Optional<FineTuning.Moves> moves();

        /** What the keys say. */
        default FineTuning.Examples toExamples() {
            FineTuning.Examples plain = FineTuning.DEFAULT.examples();
            return new FineTuning.Examples(
                    share().orElse(plain.share()),
                    passes().orElse(plain.passes()),
                    learningRate().orElse(plain.learningRate()),
                    averageDecay().orElse(plain.averageDecay()),
                    moves().orElse(plain.moves()));
        }
    }
}

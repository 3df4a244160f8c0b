package dev.limner.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;

/** Who may know whom, in all modules: docs/architecture.md as law. */
@AnalyzeClasses(locations = ImportedModules.class)
class ArchitectureTest {
    private static final String WORKER = "dev.limner.worker.";
    private static final String TRAINING = "dev.limner.training.";

    @ArchTest
    static void modulesKnowOnlyThoseTheyMay(JavaClasses classes) {
        ImportedModules.ARROWS.forEach((module, allowed) -> {
            String[] others = ImportedModules.ARROWS.keySet().stream()
                    .filter(other -> !other.equals(module) && !allowed.contains(other))
                    .map(ArchitectureTest::all)
                    .toArray(String[]::new);
            if (others.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(all(module))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(others)
                        .because(module + " may import " + allowed)
                        .check(classes);
            }
        });
    }

    /** So that any JVM program can depend on it. */
    @ArchTest
    static final ArchRule theProtocolBringsNoEngine = noClasses()
            .that()
            .resideInAPackage(all("protocol"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..", "org.apache.kafka..", "io.quarkus..");

    /** Of the generator the client takes bundles, and whatever a bundle is made of. */
    @ArchTest
    static final ArchRule theClientKnowsBundlesOnly = noClasses()
            .that()
            .resideInAPackage(all("client"))
            .should()
            .dependOnClassesThat(
                    resideInAPackage(all("generator")).and(not(resideInAPackage("dev.limner.generator.bundle"))));

    @ArchTest
    static final ArchRule onlyTheEdgesKnowKafka = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(
                    all("kafka"),
                    all("client"),
                    all("broker"),
                    all("testkit"),
                    WORKER + "intake",
                    WORKER + "ledger",
                    WORKER + "publish",
                    WORKER + "topic",
                    "dev.limner.trainer.feedback",
                    "dev.limner.trainer.registry",
                    "dev.limner.trainer.service")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    /** Who reads a topic as a whole takes the reader that cannot see what was aborted. Members of a group have their own. */
    @ArchTest
    static final ArchRule onlyOneReadsWithoutAGroup = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(all("kafka"), WORKER + "intake", WORKER + "publish", "dev.limner.trainer.registry")
            .and()
            // A bare consume-and-produce loop to hold the worker against; a member that comes and goes.
            .haveNameNotMatching("dev\\.limner\\.testkit\\.(bench\\.RawLoop|chaos\\.cluster\\.ChurningConsumer)")
            .should()
            .callConstructorWhere(describe(
                    "of a consumer",
                    call -> call.getTargetOwner()
                            .getFullName()
                            .equals("org.apache.kafka.clients.consumer.KafkaConsumer")));

    @ArchTest
    static final ArchRule nativeArraysStayWhereTheyHaveAnOwner = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(
                    all("generator"),
                    TRAINING + "augment",
                    TRAINING + "evaluate..",
                    TRAINING + "network..",
                    TRAINING + "objective",
                    TRAINING + "optimizer",
                    TRAINING + "regularizer",
                    TRAINING + "reward",
                    TRAINING + "step",
                    TRAINING + "tensor",
                    WORKER + "generate",
                    WORKER + "condition",
                    WORKER + "release",
                    // An untrained network to hold a model against; a bare step to time.
                    "dev.limner.cli.learn",
                    "dev.limner.testkit.bench")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.ndarray..");

    @ArchTest
    static final ArchRule onlyServicesKnowQuarkus = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(all("worker"), "dev.limner.trainer.service")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quarkus..", "io.smallrye..", "jakarta..", "org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule channelsStayAtTheEdge = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(WORKER + "status", "dev.limner.trainer.service")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.microprofile.reactive.messaging..");

    /** A stage may know the records of the stages before it, never their machinery, and nothing of those after it. */
    @ArchTest
    static final ArchRule stagesLookBackwardsOnly = noClasses()
            .that()
            .resideInAnyPackage(
                    WORKER + "intake",
                    WORKER + "schedule",
                    WORKER + "condition",
                    WORKER + "generate",
                    WORKER + "encode")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.limner.store.file..", WORKER + "publish", WORKER + "ledger", WORKER + "pipeline")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("dev\\.limner\\.store\\.ObjectStore.*");

    /** The ledger is told what is published as records, and never publishes. */
    @ArchTest
    static final ArchRule theLedgerDoesNotPublish = noClasses()
            .that()
            .resideInAPackage(WORKER + "ledger")
            .should()
            .dependOnClassesThat(resideInAPackage(WORKER + "publish")
                    .and(describe(
                            "are no records of a publication",
                            type -> !Stream.of("Publication", "PendingTransaction")
                                    .anyMatch(name -> type.getName().startsWith(WORKER + "publish." + name)))));

    /** Settings speak of other packages' choices and other packages' records of settings, and of nothing that runs. */
    @ArchTest
    static final ArchRule settingsKnowNoMachinery = noClasses()
            .that()
            .resideInAPackage(WORKER + "config")
            .should()
            .dependOnClassesThat(resideInAnyPackage(all("worker"), all("store"), all("generator"))
                    .and(not(resideInAPackage(WORKER + "config")))
                    .and(describe("are neither enums nor records", type -> !type.isEnum() && !type.isRecord())));

    @ArchTest
    static final ArchRule onlyThePipelineKnowsTheOrder = noClasses()
            .that()
            .resideInAPackage(all("worker"))
            .and()
            .resideOutsideOfPackages(WORKER + "pipeline", WORKER + "health", WORKER + "status")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(WORKER + "pipeline");

    @ArchTest
    static final ArchRule onlyRoundsAndTheServiceKnowTheLoop = noClasses()
            .that()
            .resideInAPackage(all("training"))
            .and()
            .resideOutsideOfPackages(TRAINING + "loop", TRAINING + "finetune")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TRAINING + "loop");

    @ArchTest
    static final ArchRule constantsOutliveTheBackwardPass = noClasses()
            .that()
            .resideInAPackage(all("training"))
            .should()
            .callMethod("ai.djl.ndarray.NDArray", "mul", Number.class.getName())
            .orShould()
            .callMethod("ai.djl.ndarray.NDArray", "div", Number.class.getName())
            .orShould()
            .callMethod("ai.djl.ndarray.NDArray", "pow", Number.class.getName())
            .orShould()
            .callMethod("ai.djl.ndarray.NDArray", "maximum", Number.class.getName())
            .orShould()
            .callMethod("ai.djl.ndarray.NDArray", "minimum", Number.class.getName())
            .because("the recorded computation keeps the address of a constant that is gone: use Layers.scale");

    @ArchTest
    static final ArchRule onlyTheTerminalIsPrintedTo = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages("dev.limner.cli.terminal")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    /** Services are handed to constructors, so that what a class needs is what its constructor says. */
    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.limner..")
            .should()
            .beAnnotatedWith("jakarta.inject.Inject");

    @ArchTest
    static void noCycles(JavaClasses classes) {
        Stream.concat(
                        Stream.of("dev.limner.(*).."),
                        Arrays.stream(new String[] {"worker", "training", "trainer", "generator", "store", "testkit"})
                                .map(module -> "dev.limner." + module + ".(*).."))
                .forEach(pattern ->
                        slices().matching(pattern).should().beFreeOfCycles().check(classes));
    }

    private static String all(String module) {
        return "dev.limner." + module + "..";
    }
}

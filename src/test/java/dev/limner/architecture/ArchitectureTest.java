package dev.limner.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.io.FileDescriptor;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Who may know whom, in all modules: docs/architecture.md as law. */
@AnalyzeClasses(locations = ImportedModules.class)
class ArchitectureTest {
    private static final String WORKER = "dev.limner.worker.";
    private static final String TRAINING = "dev.limner.training.";
    private static final String FAULT_KIT = "dev.limner.testkit.fault..";
    private static final String KIT_SETTINGS = "dev.limner.testkit.fault.KitSettings";

    /** What the fault kit implements, and what these interfaces name. */
    private static final Set<String> FAULT_POINTS = Set.of(
            WORKER + "fault.FaultPoints",
            WORKER + "model.ImageGenerator",
            WORKER + "model.OutOfDeviceMemoryException",
            WORKER + "intake.OriginalRecord",
            WORKER + "intake.OwnershipListener",
            WORKER + "intake.PartitionAssignment",
            WORKER + "intake.PartitionRef",
            WORKER + "intake.RecordDelivery",
            WORKER + "intake.RecordRef",
            WORKER + "lifecycle.CrashPoint",
            WORKER + "job.Publication",
            WORKER + "publish.PublishOutcome",
            "dev.limner.trainer.fault.KillPoint",
            "dev.limner.trainer.fault.TrainerFaultPoints");

    /** The worker's packages that a job goes through, in this order. */
    private static final List<String> STAGES = Stream.of(
                    "intake", "admit", "schedule", "condition", "generate", "encode", "store")
            .map(stage -> WORKER + stage)
            .toList();

    /** All of them at once, so that a change is told everything it broke. */
    @ArchTest
    static final ArchRule modulesKnowOnlyThoseTheyMay = CompositeArchRule.of(ImportedModules.ARROWS.keySet().stream()
                    .map(ArchitectureTest::knowsOnlyThoseItMay)
                    .toList())
            .as("modules import only those that docs/architecture.md allows");

    private static ArchRule knowsOnlyThoseItMay(String module) {
        Set<String> allowed = ImportedModules.ARROWS.get(module);
        String[] others = ImportedModules.ARROWS.keySet().stream()
                .filter(other -> !other.equals(module) && !allowed.contains(other))
                .map(ArchitectureTest::all)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(all(module))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .because(module + " may import " + allowed);
    }

    /** The fault kit is built for the services' fault points, and knows what these speak of. */
    @ArchTest
    static final ArchRule theFaultKitKnowsFaultPointsOnly = noClasses()
            .that()
            .resideInAPackage(FAULT_KIT)
            .should()
            .dependOnClassesThat(resideInAnyPackage(all("worker"), all("trainer"))
                    .and(describe(
                            "are no fault points and no types of theirs",
                            type -> FAULT_POINTS.stream()
                                    .noneMatch(name -> type.getName().equals(name)
                                            || type.getName().startsWith(name + "$")))));

    /** The command line has no class of a service on its class path, and so none that needs one. */
    @ArchTest
    static final ArchRule nobodyElseKnowsAService = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(FAULT_KIT, all("worker"), all("trainer"))
            .should()
            .dependOnClassesThat(resideInAnyPackage(all("worker"), all("trainer"), FAULT_KIT)
                    .and(describe("are more than names", type -> !type.getName().equals(KIT_SETTINGS))));

    @ArchTest
    static final ArchRule theNamesOfTheFaultKitNeedNoService = noClasses()
            .that()
            .haveFullyQualifiedName(KIT_SETTINGS)
            .should()
            .dependOnClassesThat(resideInAnyPackage(all("worker"), all("trainer"), FAULT_KIT)
                    .and(describe("is not itself", type -> !type.getName().equals(KIT_SETTINGS))));

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

    /** Of the broker the client takes what the fleet's topics are, and starts none. */
    @ArchTest
    static final ArchRule theClientKnowsTopicDefinitionsOnly = noClasses()
            .that()
            .resideInAPackage(all("client"))
            .should()
            .dependOnClassesThat(resideInAPackage(all("broker"))
                    .and(describe(
                            "are no topic definitions",
                            type -> !type.getName().matches("dev\\.limner\\.broker\\.FleetTopics(\\$.*)?"))));

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

    /** Where native arrays have an owner that closes them; docs/architecture.md names the same packages. */
    static final String[] WITH_ARRAYS = {
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
        WORKER + "condition",
        WORKER + "model",
        WORKER + "release",
        // An untrained network to hold a model against; a bare step to time.
        "dev.limner.cli.learn",
        "dev.limner.testkit.bench"
    };

    @ArchTest
    static final ArchRule nativeArraysStayWhereTheyHaveAnOwner = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(WITH_ARRAYS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.ndarray..");

    @ArchTest
    static final ArchRule onlyServicesKnowQuarkus = noClasses()
            .that()
            .resideInAPackage("dev.limner..")
            .and()
            .resideOutsideOfPackages(
                    WORKER + "config",
                    WORKER + "health",
                    WORKER + "lifecycle",
                    WORKER + "service",
                    WORKER + "status",
                    "dev.limner.trainer.service")
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

    /** A stage may know what the stages before it have made, and nothing of those after it. */
    @ArchTest
    static final ArchRule stagesLookBackwardsOnly = CompositeArchRule.of(IntStream.range(0, STAGES.size())
                    .mapToObj(ArchitectureTest::looksBackwardsOnly)
                    .toList())
            .as("stages know nothing of those after them");

    private static ArchRule looksBackwardsOnly(int stage) {
        return noClasses()
                .that()
                .resideInAPackage(STAGES.get(stage))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Stream.concat(
                                STAGES.subList(stage + 1, STAGES.size()).stream(),
                                Stream.of("ledger", "publish", "pipeline", "service")
                                        .map(later -> WORKER + later))
                        .toArray(String[]::new));
    }

    /** A job on its way and the models are handed from stage to stage, so they know of none but where jobs come from. */
    @ArchTest
    static final ArchRule whatIsHandedOnKnowsNoStage = noClasses()
            .that()
            .resideInAnyPackage(WORKER + "job", WORKER + "model")
            .should()
            .dependOnClassesThat(resideInAPackage(all("worker"))
                    .and(not(resideInAnyPackage(WORKER + "job", WORKER + "model", WORKER + "intake"))));

    /** Objects are written by two: images by the store stage, and originals that are too large for a letter. */
    @ArchTest
    static final ArchRule twoStagesStore = noClasses()
            .that()
            .resideInAnyPackage(
                    WORKER + "intake",
                    WORKER + "schedule",
                    WORKER + "condition",
                    WORKER + "generate",
                    WORKER + "encode",
                    WORKER + "job",
                    WORKER + "model")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("dev\\.limner\\.store\\.ObjectStore.*");

    /** Which store it is, is decided where the worker is put together. */
    @ArchTest
    static final ArchRule stagesKnowNoParticularStore = noClasses()
            .that()
            .resideInAnyPackage(STAGES.toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.limner.store.file..");

    /** The ledger is told what is published, and never publishes. */
    @ArchTest
    static final ArchRule theLedgerDoesNotPublish = noClasses()
            .that()
            .resideInAPackage(WORKER + "ledger")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(WORKER + "publish");

    /** Settings speak of other packages' choices and other packages' records of settings, and of nothing that runs. */
    @ArchTest
    static final ArchRule settingsKnowNoMachinery = noClasses()
            .that()
            .resideInAPackage(WORKER + "config")
            .should()
            .dependOnClassesThat(resideInAnyPackage(all("worker"), all("store"), all("generator"))
                    .and(not(resideInAPackage(WORKER + "config")))
                    .and(describe("are no fault points", type -> !type.getName().equals(WORKER + "fault.FaultPoints")))
                    .and(describe("are neither enums nor records", type -> !type.isEnum() && !type.isRecord())));

    @ArchTest
    static final ArchRule onlyThePipelineKnowsTheOrder = noClasses()
            .that()
            .resideInAPackage(all("worker"))
            .and()
            .resideOutsideOfPackages(WORKER + "pipeline", WORKER + "service")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(WORKER + "pipeline");

    @ArchTest
    static final ArchRule nobodyKnowsTheServiceButItsStatus = noClasses()
            .that()
            .resideInAPackage(all("worker"))
            .and()
            .resideOutsideOfPackages(WORKER + "service", WORKER + "status")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(WORKER + "service");

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
            .accessField(System.class, "err")
            .orShould()
            .accessField(FileDescriptor.class, "out")
            .orShould()
            .accessField(FileDescriptor.class, "err")
            .orShould()
            .callMethodWhere(describe(
                    "prints a stack trace to standard error",
                    call -> Set.of("printStackTrace", "dumpStack").contains(call.getName())
                            && call.getTarget().getRawParameterTypes().isEmpty()));

    /** Quarkus fills a field with any of these, with {@code @Inject} or without. */
    private static final Set<String> ANNOTATIONS_OF_CONTAINERS =
            Set.of("jakarta.", "javax.inject.", "org.eclipse.microprofile.", "io.quarkus.", "io.smallrye.");

    /** Services are handed to constructors, so that what a class needs is what its constructor says. */
    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.limner..")
            .should()
            .beAnnotatedWith(describe(
                    "an annotation of a container",
                    annotation -> ANNOTATIONS_OF_CONTAINERS.stream()
                            .anyMatch(annotation.getRawType().getName()::startsWith)));

    /** Between modules, between the parts of a module, and between packages of any depth. */
    @ArchTest
    static final ArchRule noCycles = CompositeArchRule.of(Stream.concat(
                            Stream.of("dev.limner.(*)..", "dev.limner.(**)"),
                            ImportedModules.ARROWS.keySet().stream().map(module -> "dev.limner." + module + ".(*).."))
                    .<ArchRule>map(pattern ->
                            slices().matching(pattern).should().beFreeOfCycles().allowEmptyShould(true))
                    .toList())
            .as("no modules, parts of a module or packages are in a cycle");

    private static String all(String module) {
        return "dev.limner." + module + "..";
    }
}

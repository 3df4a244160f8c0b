package dev.limner.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.limner.trainer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String TRAINER = "dev.limner.trainer.";

    @ArchTest
    static final ArchRule nativeMemoryStaysWhereItHasAnOwner = noClasses()
            .that()
            .resideOutsideOfPackages(
                    TRAINER + "recipe", TRAINER + "tune", TRAINER + "eval..", TRAINER + "gate", TRAINER + "reward")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.ndarray..");

    @ArchTest
    static final ArchRule onlyTheLoopKnowsTheOrder = noClasses()
            .that()
            .resideOutsideOfPackages(TRAINER + "loop", TRAINER + "service")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TRAINER + "loop");

    @ArchTest
    static final ArchRule constantsOutliveTheBackwardPass = noClasses()
            .should()
            .callMethod(NDArray.class, "mul", Number.class)
            .orShould()
            .callMethod(NDArray.class, "div", Number.class)
            .orShould()
            .callMethod(NDArray.class, "pow", Number.class)
            .orShould()
            .callMethod(NDArray.class, "maximum", Number.class)
            .orShould()
            .callMethod(NDArray.class, "minimum", Number.class)
            .because("the recorded computation keeps the address of a constant that is gone: use Layers.scale");

    @ArchTest
    static final ArchRule onlyTheEdgesKnowKafka = noClasses()
            .that()
            .resideOutsideOfPackages(TRAINER + "feedback", TRAINER + "registry", TRAINER + "service")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    /** The command line brings the trainer's classes along without Quarkus. */
    @ArchTest
    static final ArchRule onlyTheServiceKnowsQuarkus = noClasses()
            .that()
            .resideOutsideOfPackage(TRAINER + "service")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quarkus..", "io.smallrye..", "jakarta..", "org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule trainerAndWorkerDoNotKnowEachOther =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.limner.worker..");

    @ArchTest
    static final ArchRule nobodyPrints =
            noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.limner.trainer.(*)..").should().beFreeOfCycles();
}

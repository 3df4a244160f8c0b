package dev.limner.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.limner", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String WORKER = "dev.limner.worker.";

    @ArchTest
    static final ArchRule onlyTheEdgesKnowKafka = noClasses()
            .that()
            .resideInAPackage("dev.limner.worker..")
            .and()
            .resideOutsideOfPackages(WORKER + "intake", WORKER + "ledger", WORKER + "schedule", WORKER + "publish")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule nativeMemoryStaysWhereItHasAnOwner = noClasses()
            .that()
            .resideInAPackage("dev.limner.worker..")
            .and()
            .resideOutsideOfPackages(WORKER + "text", WORKER + "generate", WORKER + "release")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.ndarray..");

    @ArchTest
    static final ArchRule channelsStayAtTheEdge = noClasses()
            .that()
            .resideInAPackage("dev.limner.worker..")
            .and()
            .resideOutsideOfPackages(WORKER + "status", WORKER + "release")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.microprofile.reactive.messaging..");

    /** A stage may know the records of the stages before it, never their machinery, and nothing of those after it. */
    @ArchTest
    static final ArchRule stagesLookBackwardsOnly = noClasses()
            .that()
            .resideInAnyPackage(
                    WORKER + "intake", WORKER + "schedule", WORKER + "text", WORKER + "generate", WORKER + "encode")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(WORKER + "store", WORKER + "publish", WORKER + "ledger", WORKER + "pipeline");

    @ArchTest
    static final ArchRule onlyThePipelineKnowsTheOrder = noClasses()
            .that()
            .resideInAPackage("dev.limner.worker..")
            .and()
            .resideOutsideOfPackages(WORKER + "pipeline", WORKER + "health", WORKER + "status")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(WORKER + "pipeline");

    @ArchTest
    static final ArchRule protocolKnowsNobody = noClasses()
            .that()
            .resideInAPackage("dev.limner.protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.quarkus..", "ai.djl..", "dev.limner.worker..");

    @ArchTest
    static final ArchRule generatorKnowsNoService = noClasses()
            .that()
            .resideInAPackage("dev.limner.generator..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.quarkus..", "dev.limner.worker..", "dev.limner.trainer..");

    @ArchTest
    static final ArchRule nobodyPrints =
            noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.limner.worker.(*)..").should().beFreeOfCycles();
}

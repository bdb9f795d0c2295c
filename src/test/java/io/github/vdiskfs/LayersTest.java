// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import org.junit.jupiter.api.Test;

/** The picture of the architecture in README.md, as rules. */
class LayersTest {
  private static final String BASE = "io.github.vdiskfs.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.github.vdiskfs");

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  @Test
  void nothingPointsLeft() {
    check(
        Architectures.layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy(BASE + "cli..")
            .layer("fuse")
            .definedBy(BASE + "fuse..")
            .layer("mount")
            .definedBy(BASE + "mount..")
            .layer("partition")
            .definedBy(BASE + "partition..")
            .layer("disk")
            .definedBy(BASE + "disk..")
            .layer("known")
            .definedBy(BASE + "format")
            .layer("format")
            .definedBy(BASE + "format.*..")
            .layer("image")
            .definedBy(BASE + "image..")
            .layer("storage")
            .definedBy(BASE + "storage..")
            .layer("posix")
            .definedBy(BASE + "posix..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("fuse")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("mount")
            .mayOnlyBeAccessedByLayers("cli", "fuse")
            .whereLayer("partition")
            .mayOnlyBeAccessedByLayers("cli", "mount")
            .whereLayer("disk")
            .mayOnlyBeAccessedByLayers("cli", "fuse", "mount", "partition")
            .whereLayer("known")
            .mayOnlyBeAccessedByLayers("cli", "fuse")
            .whereLayer("format")
            .mayOnlyBeAccessedByLayers("known")
            .whereLayer("image")
            .mayOnlyBeAccessedByLayers("cli", "fuse", "mount", "disk", "known", "format")
            .whereLayer("posix")
            .mayOnlyBeAccessedByLayers("cli", "fuse", "mount", "disk", "image", "storage"));
  }

  @Test
  void formatsDoNotKnowEachOther() {
    check(
        slices()
            .matching(BASE + "format.(*)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true));
  }

  @Test
  void noCycles() {
    check(slices().matching(BASE + "(*)..").should().beFreeOfCycles());
  }

  @Test
  void onlyFuseAndPosixAreNative() {
    check(
        noClasses()
            .that(not(resideInAnyPackage(BASE + "fuse..", BASE + "posix..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "ru.serce..", "com.kenai.."));
  }

  @Test
  void formatsKnowImageAndStorageOnly() {
    check(
        classes()
            .that(resideInAPackage(BASE + "format.*.."))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                BASE + "format.*..",
                BASE + "image..",
                BASE + "storage..",
                "java..",
                "org.slf4j..",
                "org.jspecify..",
                "com.github.luben.zstd.."));
  }

  @Test
  void onlyStorageOpensFiles() {
    check(
        noClasses()
            .that(resideInAnyPackage(BASE + "image..", BASE + "format..", BASE + "disk.."))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.channels.FileChannel")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.FileInputStream"));
  }
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Microbenchmarks of what every request passes through, by JMH. They are no part of the normal
 * build:
 *
 * <pre>
 * mvn -q -Pjmh test                                         all
 * mvn -q -Pjmh test -Djmh.args='MapBenchmark -prof gc'      one class, with what it allocates
 * mvn -q -Pjmh test -Djmh.args='-h'                         JMH's options
 * </pre>
 *
 * <p>{@code native-tests/bench} measures whole mounts against their peers.
 */
package io.github.vdiskfs.bench;

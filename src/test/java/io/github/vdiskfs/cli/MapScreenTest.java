// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MapScreenTest {
  private static final Map<String, String> COLOURED = Map.of("TERM", "xterm");

  @Test
  void columnsGoBeforeTheTerminalsOwnWidth() {
    assertEquals(100, MapScreen.of(Map.of("COLUMNS", "100"), true, 132).columns());
    assertEquals(132, MapScreen.of(Map.of(), true, 132).columns());
    assertEquals(80, MapScreen.of(Map.of(), false, 0).columns());
  }

  @Test
  void whatIsNoWidthIsIgnored() {
    for (String word : new String[] {"", "0", "-5", "many", "99999999999"}) {
      assertEquals(80, MapScreen.of(Map.of("COLUMNS", word), false, 0).columns(), word);
    }
    assertEquals(20, MapScreen.of(Map.of("COLUMNS", "3"), false, 0).columns());
    assertEquals(2000, MapScreen.of(Map.of("COLUMNS", "999999"), false, 0).columns());
  }

  @Test
  void coloursAreForTerminalsThatWantThem() {
    assertTrue(MapScreen.of(COLOURED, true, 80).colours());
    assertFalse(MapScreen.of(COLOURED, false, 80).colours());
    assertFalse(MapScreen.of(Map.of("TERM", "dumb"), true, 80).colours());
    assertFalse(MapScreen.of(Map.of("TERM", "xterm", "NO_COLOR", "1"), true, 80).colours());
    assertTrue(MapScreen.of(Map.of("TERM", "xterm", "NO_COLOR", ""), true, 80).colours());
  }

  @Test
  void theUsersLocaleDecidesOnTheCharacters() {
    assertTrue(MapScreen.of(Map.of("LANG", "de_DE.UTF-8"), false, 0).unicode());
    assertTrue(MapScreen.of(Map.of("LC_CTYPE", "C.utf8", "LANG", "C"), false, 0).unicode());
    assertFalse(MapScreen.of(Map.of("LC_ALL", "C", "LANG", "C.UTF-8"), false, 0).unicode());
    assertFalse(MapScreen.of(Map.of(), false, 0).unicode());
    assertFalse(
        MapScreen.of(Map.of("VDISKFS_LOCALE", "", "LC_ALL", "C.UTF-8"), false, 0).unicode());
  }
}

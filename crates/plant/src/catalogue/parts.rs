//! What goes into home appliances: parts, sheet, chemicals and packaging, and who uses how much.
//!
//! Plain tables. Whatever cures or ages keeps for so many days and is used first to expire first;
//! everything else first in, first out. Costs are cents of a euro per unit.

/// Something that is kept in stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) cost_cents: i64,
    /// Days that it keeps; what keeps for ever has none.
    pub(crate) keeps_days: Option<i64>,
    pub(crate) is_hazardous: bool,
    /// Name of the package in which it comes, and what that holds.
    pub(crate) package: Option<(&'static str, i64)>,
}

/// How much of a part one piece takes in one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Use {
    /// Prefix of the family, or empty for every family that has the operation.
    pub(crate) family: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) part: &'static str,
    /// Thousandths of the part's unit.
    pub(crate) thousandths: i64,
    /// Whether work cannot begin without it.
    pub(crate) is_critical: bool,
}

const fn part(
    (id, name): (&'static str, &'static str),
    category: &'static str,
    (unit, cost_cents): (&'static str, i64),
) -> Part {
    let (keeps_days, package) = (None, None);
    Part { id, name, category, unit, cost_cents, keeps_days, is_hazardous: false, package }
}

impl Part {
    const fn keeps(self, days: i64) -> Self {
        Self { keeps_days: Some(days), ..self }
    }

    const fn hazardous(self) -> Self {
        Self { is_hazardous: true, ..self }
    }

    const fn comes_in(self, name: &'static str, quantity: i64) -> Self {
        Self { package: Some((name, quantity)), ..self }
    }
}

const SHEET: &str = "Sheet metal";
const PLASTICS: &str = "Plastics";
const CHEMICALS: &str = "Chemicals";
const COOLING: &str = "Cooling";
const DRIVES: &str = "Drives and pumps";
const ELECTRONICS: &str = "Electronics";
const HEATING: &str = "Heating";
const GLASS: &str = "Glass";
const SEALS: &str = "Gaskets and hoses";
const FITTINGS: &str = "Fittings";
const PACKAGING: &str = "Packaging";
const KITS: &str = "Special editions";

/// Everything in the warehouse.
pub(crate) const PARTS: [Part; 49] = [
    part(("P-SHEET-06", "Galvanised sheet DX51 0.6 mm"), SHEET, ("KG", 118))
        .comes_in("COIL", 2_500),
    part(("P-SHEET-10", "Deep-drawing sheet DC04 1.0 mm"), SHEET, ("KG", 124))
        .comes_in("COIL", 2_500),
    part(("P-STAINLESS-05", "Stainless sheet 1.4016 0.5 mm"), SHEET, ("KG", 312))
        .comes_in("COIL", 2_000),
    part(("P-WIRE-08", "Welding wire 0.8 mm"), SHEET, ("KG", 420)).comes_in("SPOOL", 15),
    part(("P-HIPS-30", "Polystyrene liner sheet 3 mm"), PLASTICS, ("KG", 205)),
    part(("P-POLYOL-18", "Polyol blend, cyclopentane"), CHEMICALS, ("KG", 284))
        .keeps(180)
        .hazardous()
        .comes_in("DRUM", 220),
    part(("P-MDI-44", "Isocyanate MDI"), CHEMICALS, ("KG", 236))
        .keeps(180)
        .hazardous()
        .comes_in("DRUM", 250),
    part(("P-POWDER-9016", "Powder coating RAL 9016"), CHEMICALS, ("KG", 545)).keeps(365),
    part(("P-ENAMEL-B4", "Enamel slip, blue-black"), CHEMICALS, ("KG", 390)).keeps(60),
    part(("P-INK-CER", "Ceramic screen ink"), CHEMICALS, ("L", 4_850)).keeps(150),
    part(("P-SEALANT-N", "Neutral silicone sealant"), CHEMICALS, ("L", 940))
        .keeps(270)
        .comes_in("CARTRIDGE", 1),
    part(("P-ADHESIVE-2K", "Two-part glass adhesive"), CHEMICALS, ("L", 2_310))
        .keeps(120)
        .hazardous(),
    part(("P-SOLDER-305", "Solder paste SAC305"), CHEMICALS, ("KG", 7_900)).keeps(120),
    part(("P-R600A", "Refrigerant R600a"), COOLING, ("KG", 1_460)).keeps(720).hazardous(),
    part(("P-R290", "Refrigerant R290"), COOLING, ("KG", 1_390)).keeps(720).hazardous(),
    part(("P-COMP-65", "Compressor 65 g/h, inverter"), COOLING, ("EA", 4_150)),
    part(("P-EVAPORATOR-R", "Roll-bond evaporator"), COOLING, ("EA", 870)),
    part(("P-HEATPUMP-7", "Heat pump module 0.7 kW"), COOLING, ("EA", 7_980)),
    part(("P-MOTOR-BL8", "Brushless drum motor"), DRIVES, ("EA", 2_640)),
    part(("P-DRUM-65", "Drum shell 65 l"), DRIVES, ("EA", 1_980)),
    part(("P-BEARING-6305", "Ball bearing 6305"), DRIVES, ("EA", 215)),
    part(("P-BELT-1930", "Drum belt 1930 H7"), DRIVES, ("EA", 190)),
    part(("P-PUMP-CIRC", "Circulation pump, brushless"), DRIVES, ("EA", 1_720)),
    part(("P-PUMP-DRAIN", "Drain pump 30 W"), DRIVES, ("EA", 610)),
    part(("P-BOARD-RF2", "Control board, refrigerator"), ELECTRONICS, ("EA", 1_140)),
    part(("P-BOARD-WM3", "Control board, washing machine"), ELECTRONICS, ("EA", 1_530)),
    part(("P-BOARD-DW3", "Control board, dishwasher"), ELECTRONICS, ("EA", 1_390)),
    part(("P-BOARD-OV2", "Control board, oven"), ELECTRONICS, ("EA", 1_610)),
    part(("P-BOARD-HB4", "Induction power board"), ELECTRONICS, ("EA", 2_870)),
    part(("P-BOARD-DR2", "Control board, dryer"), ELECTRONICS, ("EA", 1_470)),
    part(("P-COIL-210", "Induction coil 210 mm"), ELECTRONICS, ("EA", 940)),
    part(("P-HARNESS-U", "Cable harness, universal"), ELECTRONICS, ("EA", 330)),
    part(("P-CABLE-H05", "Mains cable H05VV-F 3×1.5"), ELECTRONICS, ("M", 88))
        .comes_in("REEL", 500),
    part(("P-HEATER-24", "Heating element 2.4 kW"), HEATING, ("EA", 720)),
    part(("P-INSULATION-G", "Glass-fibre insulation mat"), HEATING, ("M", 265))
        .comes_in("ROLL", 50),
    part(("P-GLASS-CER", "Glass-ceramic panel, cut size"), GLASS, ("EA", 2_250)),
    part(("P-GLASS-DOOR", "Door glass, coated"), GLASS, ("EA", 830)),
    part(("P-GASKET-D", "Magnetic door gasket"), SEALS, ("M", 140)).comes_in("ROLL", 200),
    part(("P-BELLOWS-8", "Door bellows 8 kg"), SEALS, ("EA", 540)),
    part(("P-HOSE-PE", "Corrugated drain hose"), SEALS, ("M", 95)).comes_in("ROLL", 100),
    part(("P-SCREW-42", "Screw ST4.2×13"), FITTINGS, ("EA", 1)).comes_in("BOX", 1_000),
    part(("P-HINGE-90", "Door hinge 90°"), FITTINGS, ("EA", 175)),
    part(("P-CARTON-L", "Carton, large appliance"), PACKAGING, ("EA", 390)),
    part(("P-CARTON-S", "Carton, built-in appliance"), PACKAGING, ("EA", 240)),
    part(("P-EPS-SET", "Foam corner set"), PACKAGING, ("EA", 160)),
    part(("P-FILM-50", "Stretch film 50 cm"), PACKAGING, ("M", 4)).comes_in("ROLL", 300),
    part(("P-KIT-GRAPHITE", "Design kit, graphite"), KITS, ("EA", 1_890)),
    part(("P-KIT-RETRO", "Design kit, retro"), KITS, ("EA", 2_140)),
    part(("P-KIT-HOTEL", "Fitting kit, hotel contract"), KITS, ("EA", 980)),
];

/// Kits of special editions: a batch of one needs its kit from the first operation on, and the
/// warehouse never has many.
pub(crate) const KIT_IDS: [&str; 3] = ["P-KIT-GRAPHITE", "P-KIT-RETRO", "P-KIT-HOTEL"];

const fn critical(
    (family, operation): (&'static str, &'static str),
    part: &'static str,
    thousandths: i64,
) -> Use {
    Use { family, operation, part, thousandths, is_critical: true }
}

const fn also(
    (family, operation): (&'static str, &'static str),
    part: &'static str,
    thousandths: i64,
) -> Use {
    Use { family, operation, part, thousandths, is_critical: false }
}

/// What the operations use.
pub(crate) const USES: [Use; 57] = [
    critical(("RF", "PRESS"), "P-SHEET-06", 9_500),
    critical(("WM", "PRESS"), "P-SHEET-06", 7_800),
    critical(("DR", "PRESS"), "P-SHEET-06", 8_100),
    critical(("DW", "PRESS"), "P-STAINLESS-05", 5_600),
    critical(("OV", "PRESS"), "P-SHEET-10", 8_800),
    critical(("RF", "LINER"), "P-HIPS-30", 4_200),
    critical(("RF", "FOAM"), "P-POLYOL-18", 3_100),
    critical(("RF", "FOAM"), "P-MDI-44", 3_400),
    critical(("RF", "COOL"), "P-COMP-65", 1_000),
    critical(("RF", "COOL"), "P-EVAPORATOR-R", 1_000),
    critical(("RF", "COOL"), "P-R600A", 58),
    critical(("RF", "COOL"), "P-BOARD-RF2", 1_000),
    also(("RF", "COOL"), "P-GASKET-D", 3_400),
    critical(("", "WELD"), "P-WIRE-08", 60),
    critical(("WM", "WELD"), "P-DRUM-65", 1_000),
    critical(("DR", "WELD"), "P-DRUM-65", 1_000),
    critical(("DW", "WELD"), "P-STAINLESS-05", 2_200),
    critical(("", "COAT"), "P-POWDER-9016", 420),
    critical(("WM", "MOTOR"), "P-MOTOR-BL8", 1_000),
    critical(("WM", "MOTOR"), "P-BEARING-6305", 2_000),
    critical(("WM", "MOTOR"), "P-BOARD-WM3", 1_000),
    also(("WM", "MOTOR"), "P-BELLOWS-8", 1_000),
    also(("WM", "MOTOR"), "P-HARNESS-U", 1_000),
    critical(("DW", "PUMP"), "P-PUMP-CIRC", 1_000),
    critical(("DW", "PUMP"), "P-PUMP-DRAIN", 1_000),
    also(("DW", "PUMP"), "P-HOSE-PE", 2_200),
    critical(("DW", "ASSY"), "P-BOARD-DW3", 1_000),
    critical(("DW", "ASSY"), "P-SEALANT-N", 80),
    also(("DW", "ASSY"), "P-HARNESS-U", 1_000),
    critical(("OV", "ENAMEL"), "P-ENAMEL-B4", 1_150),
    critical(("OV", "ELEC"), "P-BOARD-OV2", 1_000),
    also(("OV", "ELEC"), "P-CABLE-H05", 1_600),
    critical(("OV", "ASSY"), "P-HEATER-24", 2_000),
    critical(("OV", "ASSY"), "P-GLASS-DOOR", 1_000),
    also(("OV", "ASSY"), "P-INSULATION-G", 1_800),
    also(("OV", "ASSY"), "P-HINGE-90", 2_000),
    critical(("HB", "CUT"), "P-GLASS-CER", 1_000),
    critical(("HB", "PRINT"), "P-INK-CER", 45),
    critical(("HB", "ELEC"), "P-BOARD-HB4", 1_000),
    critical(("HB", "ELEC"), "P-COIL-210", 4_000),
    critical(("HB", "ELEC"), "P-SOLDER-305", 12),
    critical(("HB", "ASSY"), "P-ADHESIVE-2K", 60),
    also(("HB", "ASSY"), "P-CABLE-H05", 1_400),
    also(("HB", "ASSY"), "P-SCREW-42", 12_000),
    critical(("DR", "PUMP"), "P-HEATPUMP-7", 1_000),
    critical(("DR", "PUMP"), "P-R290", 140),
    critical(("DR", "ASSY"), "P-BOARD-DR2", 1_000),
    critical(("DR", "ASSY"), "P-BELT-1930", 1_000),
    also(("DR", "ASSY"), "P-SCREW-42", 16_000),
    critical(("RF", "PACK"), "P-CARTON-L", 1_000),
    critical(("WM", "PACK"), "P-CARTON-L", 1_000),
    critical(("DW", "PACK"), "P-CARTON-L", 1_000),
    critical(("DR", "PACK"), "P-CARTON-L", 1_000),
    critical(("OV", "PACK"), "P-CARTON-S", 1_000),
    critical(("HB", "PACK"), "P-CARTON-S", 1_000),
    also(("", "PACK"), "P-EPS-SET", 1_000),
    also(("", "PACK"), "P-FILM-50", 6_000),
];

/// What an operation of a family uses.
pub(crate) fn uses_of(family: &str, operation: &str) -> impl Iterator<Item = &'static Use> + use<> {
    let (family, operation) = (family.to_owned(), operation.to_owned());
    USES.iter().filter(move |one| {
        one.operation == operation && (one.family.is_empty() || one.family == family)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalogue::FAMILIES;

    #[test]
    fn every_use_is_of_a_part_and_an_operation_that_exist_and_every_part_is_used() {
        let mut used: BTreeSet<&str> = KIT_IDS.into_iter().collect();
        for one in &USES {
            assert!(PARTS.iter().any(|part| part.id == one.part), "{} is no part", one.part);
            let families = FAMILIES
                .iter()
                .filter(|family| one.family.is_empty() || one.family == family.prefix);
            let exists = |family: &crate::catalogue::Family| {
                family.route.iter().any(|operation| operation.code == one.operation)
            };
            assert!(families.into_iter().any(exists), "{one:?}");
            used.insert(one.part);
        }
        let unused = PARTS.iter().map(|part| part.id).filter(|id| !used.contains(id));
        assert_eq!(unused.collect::<Vec<_>>(), Vec::<&str>::new());
        assert!(PARTS.iter().all(|part| part.id.len() <= 20));
    }
}

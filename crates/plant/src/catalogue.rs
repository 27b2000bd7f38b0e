//! What a maker of home appliances has: product families with their routes, skills, reason codes.
//!
//! Plain tables, read by the generator and by the simulator when new orders arrive. Nothing here
//! is drawn by chance and nothing here is any real company's.

pub(crate) mod parts;

/// A skill that some machines ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SkillKind {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// Who certifies it; skills without a certificate never expire.
    pub(crate) certified_by: Option<&'static str>,
}

/// One step of a route, done on machines of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) machine_type: &'static str,
    /// Part of product ids and of order ids.
    pub(crate) code: &'static str,
    pub(crate) number: u32,
    /// What it makes of the product.
    pub(crate) result: &'static str,
    pub(crate) skill: &'static str,
    pub(crate) minimum_level: i64,
    pub(crate) seconds_per_piece: i64,
    /// Machines of the type in a line of ten.
    pub(crate) machines: usize,
}

/// A kind of appliance: one production line makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) line: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) models: [Model; 5],
    pub(crate) route: &'static [Operation],
}

/// A model of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
}

const fn model(number: &'static str, name: &'static str) -> Model {
    Model { number, name }
}

const fn operation(
    (machine_type, code, number): (&'static str, &'static str, u32),
    result: &'static str,
    (skill, minimum_level): (&'static str, i64),
    (seconds_per_piece, machines): (i64, usize),
) -> Operation {
    Operation {
        machine_type,
        code,
        number,
        result,
        skill,
        minimum_level,
        seconds_per_piece,
        machines,
    }
}

const fn skill(
    code: &'static str,
    name: &'static str,
    certified_by: Option<&'static str>,
) -> SkillKind {
    SkillKind { code, name, certified_by }
}

/// Every skill that some machine asks for.
pub(crate) const SKILLS: [SkillKind; 14] = [
    skill("PRESS", "Sheet-metal press operation", Some("Press Safety Board")),
    skill("THERMOFORM", "Thermoforming of liners", None),
    skill("FOAM", "Polyurethane foaming", Some("Chemical Safety Office")),
    skill("BRAZE", "Brazing of refrigerant circuits", Some("Refrigerant Handling Office")),
    skill("WELD", "Robot welding cell operation", Some("Welding Institute")),
    skill("COAT", "Powder coating", None),
    skill("ENAMEL", "Enamelling and firing", None),
    skill("MOTOR", "Motor and drum assembly", None),
    skill("PUMP", "Pump and hose assembly", None),
    skill("ESD", "Electronics assembly", None),
    skill("GLASS", "Glass cutting and printing", None),
    skill("ASSEMBLY", "Final assembly", None),
    skill("TEST", "Electrical safety and final test", Some("Electrical Safety Board")),
    skill("PACK", "Packing and lift truck", None),
];

/// Work that needs a specialist, whatever the machine.
pub(crate) const INSPECTION_SKILL: &str = "TEST";

const PRESS: (&str, &str, u32) = ("Sheet-Metal Press", "PRESS", 10);
const WELD: (&str, &str, u32) = ("Welding Robot", "WELD", 20);
const COAT: (&str, &str, u32) = ("Powder Coating", "COAT", 30);
const ELECTRONICS: (&str, &str, u32) = ("Electronics Assembly", "ELEC", 50);
const ASSEMBLY: (&str, &str, u32) = ("Final Assembly", "ASSY", 60);
const TEST: (&str, &str, u32) = ("Final Test", "TEST", 80);
/// The last operation of every route; each batch has an order for it.
pub(crate) const LAST_OPERATION: u32 = 90;
const PACK: (&str, &str, u32) = ("Packing", "PACK", LAST_OPERATION);

/// What happens to pieces by itself after an operation, before the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rest {
    /// Code of the operation.
    pub(crate) after: &'static str,
    pub(crate) code: &'static str,
    pub(crate) number: u32,
    pub(crate) name: &'static str,
    pub(crate) result: &'static str,
    pub(crate) minutes: i64,
}

const fn rest(
    after: &'static str,
    (name, code, number): (&'static str, &'static str, u32),
    result: &'static str,
    minutes: i64,
) -> Rest {
    Rest { after, code, number, name, result, minutes }
}

/// Curing, cooling and drying: nobody and nothing is needed for it.
pub(crate) const RESTS: [Rest; 4] = [
    rest("FOAM", ("Foam curing", "CURE", 41), "cured cabinet", 45),
    rest("COAT", ("Cooling", "COOLED", 31), "cooled housing", 20),
    rest("ENAMEL", ("Cooling", "COOLED", 31), "cooled muffle", 35),
    rest("PRINT", ("Drying", "DRY", 31), "dried glass", 25),
];

/// Minutes after an operation before its pieces can be touched.
pub(crate) const LAGS: [(&str, i64); 2] = [("WELD", 10), ("LINER", 6)];

/// Machine types that take two loads at once, where a line has the first of them.
pub(crate) const SIDE_BY_SIDE: [&str; 4] = ["PACK", "ENAMEL", "COAT", "TEST"];

/// Machine types whose pace is the machine's own; the others go as fast as hands do.
pub(crate) const AUTOMATIC: [&str; 9] =
    ["PRESS", "LINER", "FOAM", "WELD", "COAT", "ENAMEL", "CUT", "PRINT", "TEST"];

const TESTED: &str = "final test";
const PACKED: &str = "packed";

const FRIDGE: &[Operation] = &[
    operation(PRESS, "pressed cabinet", ("PRESS", 2), (22, 2)),
    operation(("Thermoforming", "LINER", 20), "formed liner", ("THERMOFORM", 1), (26, 1)),
    operation(("Foaming", "FOAM", 40), "foamed cabinet", ("FOAM", 2), (46, 2)),
    operation(
        ("Compressor Assembly", "COOL", 60),
        "charged cooling circuit",
        ("BRAZE", 3),
        (55, 2),
    ),
    operation(TEST, TESTED, ("TEST", 2), (48, 2)),
    operation(PACK, PACKED, ("PACK", 1), (27, 1)),
];

const WASHER: &[Operation] = &[
    operation(PRESS, "pressed housing", ("PRESS", 2), (24, 2)),
    operation(WELD, "welded drum", ("WELD", 2), (50, 2)),
    operation(COAT, "coated housing", ("COAT", 1), (28, 1)),
    operation(("Motor Assembly", "MOTOR", 60), "drum unit with motor", ("MOTOR", 2), (52, 2)),
    operation(TEST, TESTED, ("TEST", 2), (54, 2)),
    operation(PACK, PACKED, ("PACK", 1), (26, 1)),
];

const DISHWASHER: &[Operation] = &[
    operation(PRESS, "pressed tub", ("PRESS", 2), (25, 2)),
    operation(WELD, "welded tub", ("WELD", 2), (45, 2)),
    operation(("Pump Assembly", "PUMP", 50), "base with pump", ("PUMP", 1), (42, 2)),
    operation(ASSEMBLY, "assembled unit", ("ASSEMBLY", 2), (30, 1)),
    operation(TEST, TESTED, ("TEST", 2), (50, 2)),
    operation(PACK, PACKED, ("PACK", 1), (24, 1)),
];

const OVEN: &[Operation] = &[
    operation(PRESS, "pressed muffle", ("PRESS", 2), (24, 2)),
    operation(("Enamelling", "ENAMEL", 30), "enamelled muffle", ("ENAMEL", 2), (48, 2)),
    operation(ELECTRONICS, "control unit", ("ESD", 1), (28, 1)),
    operation(ASSEMBLY, "assembled oven", ("ASSEMBLY", 2), (56, 2)),
    operation(TEST, TESTED, ("TEST", 3), (52, 2)),
    operation(PACK, PACKED, ("PACK", 1), (28, 1)),
];

const HOB: &[Operation] = &[
    operation(("Glass Cutting", "CUT", 10), "cut glass", ("GLASS", 2), (32, 2)),
    operation(("Glass Printing", "PRINT", 30), "printed glass", ("GLASS", 1), (22, 1)),
    operation(ELECTRONICS, "induction module", ("ESD", 2), (46, 2)),
    operation(ASSEMBLY, "assembled hob", ("ASSEMBLY", 1), (38, 2)),
    operation(TEST, TESTED, ("TEST", 2), (40, 2)),
    operation(PACK, PACKED, ("PACK", 1), (18, 1)),
];

const DRYER: &[Operation] = &[
    operation(PRESS, "pressed housing", ("PRESS", 2), (24, 2)),
    operation(WELD, "welded drum", ("WELD", 2), (27, 1)),
    operation(COAT, "coated housing", ("COAT", 1), (26, 1)),
    operation(("Heat Pump Assembly", "PUMP", 50), "charged heat pump", ("BRAZE", 2), (55, 2)),
    operation(ASSEMBLY, "assembled dryer", ("ASSEMBLY", 2), (30, 1)),
    operation(TEST, TESTED, ("TEST", 2), (52, 2)),
    operation(PACK, PACKED, ("PACK", 1), (26, 1)),
];

/// The families, one line each; larger plants have further lines of the same families.
pub(crate) const FAMILIES: [Family; 6] = [
    Family {
        line: "Refrigerators",
        prefix: "RF",
        models: [
            model("300", "Fjord 300 fridge-freezer"),
            model("340", "Fjord 340 fridge-freezer"),
            model("180", "Glacier 180 larder fridge"),
            model("120", "Glacier 120 under-counter fridge"),
            model("560", "Tundra 560 side-by-side"),
        ],
        route: FRIDGE,
    },
    Family {
        line: "Washing-Machines",
        prefix: "WM",
        models: [
            model("700", "Brook 7 washing machine"),
            model("800", "Brook 8 washing machine"),
            model("900", "Rapids 9 washing machine"),
            model("950", "Rapids 9 Steam washing machine"),
            model("600", "Creek 6 slim washing machine"),
        ],
        route: WASHER,
    },
    Family {
        line: "Dishwashers",
        prefix: "DW",
        models: [
            model("450", "Cascade 45 slim dishwasher"),
            model("600", "Cascade 60 dishwasher"),
            model("610", "Cascade 60 built-in dishwasher"),
            model("640", "Lagoon 64 dishwasher"),
            model("650", "Lagoon 65 XXL dishwasher"),
        ],
        route: DISHWASHER,
    },
    Family {
        line: "Ovens",
        prefix: "OV",
        models: [
            model("460", "Ember 46 compact oven"),
            model("600", "Ember 60 oven"),
            model("610", "Ember 60 pyrolytic oven"),
            model("620", "Hearth 60 steam oven"),
            model("900", "Hearth 90 range oven"),
        ],
        route: OVEN,
    },
    Family {
        line: "Hobs",
        prefix: "HB",
        models: [
            model("300", "Flint 30 domino hob"),
            model("600", "Flint 60 ceramic hob"),
            model("610", "Spark 60 induction hob"),
            model("800", "Spark 80 induction hob"),
            model("900", "Spark 90 flex induction hob"),
        ],
        route: HOB,
    },
    Family {
        line: "Dryers",
        prefix: "DR",
        models: [
            model("700", "Breeze 7 heat-pump dryer"),
            model("800", "Breeze 8 heat-pump dryer"),
            model("900", "Zephyr 9 heat-pump dryer"),
            model("910", "Zephyr 9 dryer with steam"),
            model("600", "Breeze 6 slim dryer"),
        ],
        route: DRYER,
    },
];

/// A reason and the group it is reported in.
pub(crate) struct Reason {
    pub(crate) code: &'static str,
    pub(crate) category: &'static str,
    pub(crate) description: &'static str,
}

const fn reason(code: &'static str, category: &'static str, description: &'static str) -> Reason {
    Reason { code, category, description }
}

/// Reason of a pause for the person's break.
pub(crate) const SHORT_BREAK: &str = "short_break";
/// Reason of a release when the shift ends.
pub(crate) const SHIFT_END: &str = "shift_end";
/// Reason of a person who calls in sick.
pub(crate) const SICK_NOTE: &str = "sick_note";
/// Reason of a machine in its regular maintenance.
pub(crate) const PLANNED_MAINTENANCE: &str = "planned_maintenance";
/// Reason of a move to another machine or person.
pub(crate) const REPLACEMENT: &str = "replacement_found";
/// Reason of a release when no replacement was found.
pub(crate) const NO_REPLACEMENT: &str = "no_replacement";
/// Reason of a booking that was called off.
pub(crate) const PLAN_CHANGED: &str = "plan_changed";

/// Reason of an adjustment that takes away what must not be used any more.
pub(crate) const EXPIRED: &str = "expired";

/// What breaks, in the order in which the dice pick.
pub(crate) const FAULTS: [&str; 6] = [
    "hydraulic_leak",
    "sensor_fault",
    "material_jam",
    "bearing_damage",
    "tool_breakage",
    "plc_fault",
];
/// What stops a person for a few minutes.
pub(crate) const STOPS: [&str; 3] = ["material_missing", "tool_change", "quality_check"];

/// Every reason that the plant defines.
pub(crate) const REASONS: [Reason; 19] = [
    reason(SHORT_BREAK, "pause", "short break of the operator"),
    reason("material_missing", "pause", "material is not at the machine"),
    reason("tool_change", "pause", "tool change or set-up"),
    reason("quality_check", "pause", "first-piece or in-process check"),
    reason(SHIFT_END, "release", "the operator's shift has ended"),
    reason(NO_REPLACEMENT, "release", "nobody and nothing could take over"),
    reason(PLAN_CHANGED, "release", "the plan has changed"),
    reason(REPLACEMENT, "reassign", "another machine or operator took over"),
    reason("hydraulic_leak", "breakdown", "hydraulic leak"),
    reason("sensor_fault", "breakdown", "sensor fault"),
    reason("material_jam", "breakdown", "material jam"),
    reason("bearing_damage", "breakdown", "bearing damage"),
    reason("tool_breakage", "breakdown", "tool breakage"),
    reason("plc_fault", "breakdown", "control fault"),
    reason(PLANNED_MAINTENANCE, "maintenance", "regular maintenance"),
    reason("cleaning", "maintenance", "cleaning"),
    reason(SICK_NOTE, "absence", "has called in sick"),
    reason("training", "absence", "in training"),
    reason(EXPIRED, "scrap", "past its last day of use"),
];

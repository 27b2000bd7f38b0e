//! Names of nobody in particular: common first and last names from many countries.
//!
//! Drawn independently, so that a name says nothing about a person; two people may share one, as
//! in any plant.

use crate::dice::Dice;

const FIRST: [&str; 64] = [
    "Adaeze", "Ahmed", "Aiko", "Ana", "Anders", "Anjali", "Anna", "Antonio", "Aylin", "Beatriz",
    "Bogdan", "Camille", "Carlos", "Chiara", "Dagny", "Daniel", "David", "Elena", "Elif", "Emeka",
    "Emma", "Fatima", "Felix", "Giulia", "Grace", "Hana", "Hassan", "Ines", "Ingrid", "Ivan",
    "Jana", "João", "Jonas", "Kamal", "Karin", "Kofi", "Lea", "Lin", "Lucas", "Magda", "Marco",
    "Maria", "Mateo", "Mehmet", "Mei", "Milan", "Nadia", "Nikola", "Nina", "Olga", "Omar", "Paula",
    "Pavel", "Priya", "Ravi", "Rosa", "Samuel", "Sofia", "Tariq", "Thandi", "Tomás", "Vera",
    "Yusuf", "Zofia",
];

const LAST: [&str; 64] = [
    "Abebe",
    "Adeyemi",
    "Almeida",
    "Andersson",
    "Aydın",
    "Bakker",
    "Banerjee",
    "Bauer",
    "Berg",
    "Bianchi",
    "Borg",
    "Chen",
    "Costa",
    "Cruz",
    "Dubois",
    "Dvořák",
    "Eriksen",
    "Farouk",
    "Ferrari",
    "Fischer",
    "García",
    "Haddad",
    "Hansen",
    "Horvat",
    "Ibrahim",
    "Ivanova",
    "Jansen",
    "Jovanović",
    "Kaya",
    "Kim",
    "Kovács",
    "Kowalski",
    "Larsen",
    "Lefèvre",
    "Lopes",
    "Marin",
    "Martins",
    "Mbeki",
    "Mensah",
    "Meyer",
    "Moreau",
    "Nagy",
    "Nakamura",
    "Nguyen",
    "Novák",
    "Okafor",
    "Olsen",
    "Papadakis",
    "Patel",
    "Petrov",
    "Popescu",
    "Ramos",
    "Reddy",
    "Rossi",
    "Sato",
    "Schmidt",
    "Silva",
    "Singh",
    "Sokolova",
    "Takahashi",
    "Tesfaye",
    "Virtanen",
    "Yılmaz",
    "Zhang",
];

/// A first and a last name.
pub(super) fn draw(dice: &mut Dice) -> (&'static str, &'static str) {
    (*dice.pick(&FIRST), *dice.pick(&LAST))
}
